"""What a load brings along to its rows: the columns wanted, and the school's own words."""

import pyarrow as pa

from sightline.contract import Contract
from sightline.engine import Engine
from sightline.site import Site
from sightline.sources import Wanted

__all__ = ["register_words", "wanted_columns"]


def wanted_columns(contract: Contract) -> dict[str, Wanted]:
    """For each table the columns that a file must have, and those it may have."""
    return {
        table.name: Wanted(
            tuple(column.name for column in table.columns if column.required),
            tuple(column.name for column in table.columns if not column.required),
        )
        for table in contract.tables
    }


def register_words(engine: Engine, site: Site, contract: Contract) -> dict[str, dict[str, str]]:
    """Make `words_<mapping>(word, standard)` for every mapping; those in which there is a word."""
    names = {c.mapping for t in contract.tables for c in t.columns if c.mapping}
    found = {name: site.words(name) for name in sorted(names)}
    for name, words in found.items():
        data = {
            "word": pa.array(words, pa.string()),
            "standard": pa.array(words.values(), pa.string()),
        }
        engine.register(f"words_{name}", pa.table(data))
    return {name: words for name, words in found.items() if words}
