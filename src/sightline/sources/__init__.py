"""Sources: a folder of exports becomes relations of canonical columns, row by row accounted for.

In: a folder, a profile, the columns wanted. Out: for each table a relation with `_file`, `_row`
and `_rows`; the raw rows that cannot be read; a receipt for each file; notices.
"""

from sightline.sources.collect import Collection, collect
from sightline.sources.profile import Profile, profile_names, read_profile
from sightline.sources.types import NOTICES, REASONS, Fault, Notice, Reading, Receipt, Wanted

__all__ = [
    "NOTICES",
    "REASONS",
    "Collection",
    "Fault",
    "Notice",
    "Profile",
    "Reading",
    "Receipt",
    "Wanted",
    "collect",
    "profile_names",
    "read_profile",
]
