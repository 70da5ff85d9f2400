"""The privacy register: what each column is, why it is held, on what basis, how long and by whom.

It is read from the contract and from nowhere else, so it covers every column there is. It is a
starting text: the school's data protection officer confirms or changes it in the contract files.
"""

from typing import NamedTuple

from sightline.contract.model import Contract, read_contract

__all__ = ["RETENTION", "Entry", "privacy_register"]

# retention class -> how long, in school years; each table says from which date it is counted.
RETENTION = {
    "structure": "As long as rows about pupils that refer to it.",
    "analytic_copy": "The school year of the row's date and the two after it.",
    "leaver": "The school year in which the pupil leaves and the two after it.",
    "identity_link": "Until the end of the school year in which the person leaves. Deleting it"
    " leaves every other row without a name.",
    "pastoral_note": "The school year of the note and the one after it.",
}


class Entry(NamedTuple):
    """One column's entry. `retention` is a key of RETENTION, `owner` a role in the school."""

    table: str
    column: str
    classification: str
    purpose: str
    lawful_basis: str
    retention: str
    owner: str


def privacy_register(contract: Contract | None = None) -> list[Entry]:
    """One entry per column, in the order of the contract."""
    return [
        Entry(
            table.name,
            column.name,
            column.classification,
            column.purpose,
            column.lawful_basis,
            column.retention,
            column.owner,
        )
        for table in (contract or read_contract()).tables
        for column in table.columns
    ]
