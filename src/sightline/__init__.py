"""Sightline: the open layer over a school's records that finds who needs someone this week."""

__all__ = ["__version__"]
__version__ = "0.1.0"
