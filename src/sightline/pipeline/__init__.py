"""The whole story: collect, check, store, publish; then open a snapshot and study it.

In: a site and a folder of exports, or a date. Out: what a command or a page shows. Faces call this
room; it calls every room below and decides nothing about pupils.
"""

from sightline.pipeline.account import Account, TableAccount
from sightline.pipeline.freshness import freshness
from sightline.pipeline.load import Loaded, load
from sightline.pipeline.refused import read_refused
from sightline.pipeline.study import OUTPUT, Study, Week, library_of, opened, week_json
from sightline.pipeline.tidy import tidy

__all__ = [
    "OUTPUT",
    "Account",
    "Loaded",
    "Study",
    "TableAccount",
    "Week",
    "freshness",
    "library_of",
    "load",
    "opened",
    "read_refused",
    "tidy",
    "week_json",
]
