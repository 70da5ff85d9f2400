"""The whole story: collect, check, store, publish; then open a snapshot and study it.

In: a site and a folder of exports, or a date. Out: what a command or a page shows. Faces call this
room; it calls every room below and decides nothing about pupils.
"""

from sightline.pipeline.account import Account, TableAccount
from sightline.pipeline.load import Loaded, load
from sightline.pipeline.refused import read_refused

__all__ = ["Account", "Loaded", "TableAccount", "load", "read_refused"]
