"""People's identities, apart from the facts about them.

In: names, UPNs, dates of birth, the source's own pupil ids and note text. Out: the same, one
person at a time, to a caller that says so. Nothing here is readable without the site's secret key.
"""

from sightline.people.erasures import Erasures, Line, pending
from sightline.people.keys import Keys, begin_rotation, end_rotation, make_key_file, read_keys
from sightline.people.vault import Vault, VaultReader, read_vault

__all__ = [
    "Erasures",
    "Keys",
    "Line",
    "Vault",
    "VaultReader",
    "begin_rotation",
    "end_rotation",
    "make_key_file",
    "pending",
    "read_keys",
    "read_vault",
]
