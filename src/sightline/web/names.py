"""Names at the last moment: the vault as of the sheets' snapshot, read once per kind and page."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

from sightline.people import VaultReader, read_vault
from sightline.people.identity import Name, names_of, note_texts, staff_names
from sightline.sheets import open_sheets

__all__ = ["Names", "names_for"]


class Names:
    """What one page has asked the vault for. Ask for all of a page's pupils in one call."""

    def __init__(self) -> None:
        self._pupils: dict[str, Name] = {}
        self._staff: dict[str, str] = {}
        self._notes: dict[str, str] = {}

    def pupil_names(self, school_id: str, refs: Iterable[str]) -> dict[str, Name]:
        """The name of each pupil; "Name not held" where the vault has none."""
        wanted = set(refs)
        if missing := wanted - self._pupils.keys():
            self._pupils |= names_of(_vault(school_id), missing)
        return {ref: self._pupils[ref] for ref in wanted}

    def staff_names(self, school_id: str, staff_ids: Iterable[str]) -> dict[str, str]:
        """The name of each member of staff that the vault knows."""
        wanted = {one for one in staff_ids if one}
        if missing := wanted - self._staff.keys():
            self._staff |= dict.fromkeys(missing, "") | staff_names(_vault(school_id), missing)
        return {one: self._staff[one] for one in wanted if self._staff[one]}

    def note_texts(self, school_id: str, note_ids: Iterable[str]) -> dict[str, str]:
        """The text of each note the vault holds."""
        wanted = set(note_ids)
        if missing := wanted - self._notes.keys():
            self._notes |= dict.fromkeys(missing, "") | note_texts(_vault(school_id), missing)
        return {one: self._notes[one] for one in wanted if self._notes[one]}


def names_for(request: HttpRequest) -> Names:
    """The names of this page, made on first use."""
    found = getattr(request, "names", None)
    if found is None:
        found = request.names = Names()  # type: ignore[attr-defined]
    return found


def _vault(school_id: str) -> VaultReader:
    """The identities that belong to the facts the page shows: no later load's."""
    sheets = open_sheets(settings.SITE, school_id)
    number = sheets.facts.snapshot if sheets else 0
    return read_vault(settings.SITE.folder / "vault.sqlite", settings.SITE.keys, number)
