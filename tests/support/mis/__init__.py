"""Systems that schools use, made up: real servers on loopback in their makers' shapes."""
