"""The whole story: collect, check, store, publish; then open a snapshot and study it.

In: a site and a folder of exports, or a date. Out: what a command or a page shows. Faces call this
room; it calls every room below and decides nothing about pupils.
"""

from sightline.pipeline.account import Account, Loaded, TableAccount
from sightline.pipeline.effect import effect_of
from sightline.pipeline.freshness import freshness
from sightline.pipeline.load import load
from sightline.pipeline.prepare import group_facts, pages_in_use, prepare
from sightline.pipeline.refresh import Refreshed, prepare_changed, refresh
from sightline.pipeline.refused import read_refused
from sightline.pipeline.study import OUTPUT, Study, library_of, opened
from sightline.pipeline.tidy import tidy
from sightline.pipeline.week import Week, week_json

__all__ = [
    "OUTPUT",
    "Account",
    "Loaded",
    "Refreshed",
    "Study",
    "TableAccount",
    "Week",
    "effect_of",
    "freshness",
    "group_facts",
    "library_of",
    "load",
    "opened",
    "pages_in_use",
    "prepare",
    "prepare_changed",
    "read_refused",
    "refresh",
    "tidy",
    "week_json",
]
