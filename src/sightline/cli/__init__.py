"""The command line: data on stdout, progress and messages on stderr, nothing decided here.

Exit codes: 0 done, 1 done with refusals or warnings, 2 could not.
"""

from sightline.cli.app import app, main

__all__ = ["app", "main"]
