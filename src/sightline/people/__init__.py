"""People's identities, apart from the facts about them.

In: names, UPNs, dates of birth, the source's own pupil ids and note text. Out: the same, one
person at a time, to a caller that says so. Nothing here is readable without the site's secret key.
"""

from sightline.people.keys import Keys, make_key_file, read_keys
from sightline.people.vault import Vault

__all__ = ["Keys", "Vault", "make_key_file", "read_keys"]
