"""Leave out who has objected: from everything, or from the signals of some themes."""

from collections.abc import Mapping, Sequence

from sightline.engine import Engine
from sightline.engine.text import literals
from sightline.signals import Signal

__all__ = ["Objected", "leave_out_of_scope", "leave_out_of_themes"]

Objected = Mapping[str, Mapping[str, frozenset[str]]]
"""school_id -> pupil_ref -> themes; no themes means all of them (see Site.objections)."""


def leave_out_of_scope(engine: Engine, objected: Objected) -> None:
    """Take the pupils who object to all signals out of `scope`, before any signal runs."""
    everything = [
        ref for school in objected.values() for ref, themes in school.items() if not themes
    ]
    if everything:
        engine.run(f"DELETE FROM scope WHERE pupil_ref IN {literals(everything)}")


def leave_out_of_themes(
    engine: Engine, library: Mapping[str, Signal], names: Sequence[str], objected: Objected
) -> None:
    """Take out of each signal's rows the pupils who object to its theme."""
    for name in names:
        theme = library[name].theme
        refs = [ref for school in objected.values() for ref, of in school.items() if theme in of]
        if refs:
            engine.run(f"DELETE FROM result_{name} WHERE pupil_ref IN {literals(refs)}")
