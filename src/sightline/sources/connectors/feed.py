"""What a connector says of itself: what it asks for, how often, and why.

A feed is data, so that the DPO's page, the documentation and a test can read it: every field is
there because a signal, a page or the keeping of the data needs it, and nothing else is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

__all__ = ["Feed", "Field", "Resource", "Setting"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the supplier names it (dotted where it is nested).

    `needed_for` names signals, areas of access.yml (`page`, `attendance`, ...) or `keys`: what is
    needed to tell rows apart, join them and keep their history. `sensitive` when it is special
    category data or close to it. `guarded`: the field emptied in every row means a withdrawn scope.
    """

    name: str
    needed_for: tuple[str, ...]
    sensitive: bool = False
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of thing that is asked for.

    `views` are the raw views of the profile it fills, `tables` the canonical tables these feed.
    `live` resources are asked for at every sync, the others once a day. `whole` ones cannot be
    asked for by change: each time they are fetched completely. `from_start`: fetched completely,
    it has all there ever was, so that what is stored and not in it is gone at the source.
    `seasonal`: it may well be empty, in the holidays.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    views: tuple[str, ...]
    tables: tuple[str, ...]
    live: bool = False
    whole: bool = False
    from_start: bool = True
    seasonal: bool = False
    needed: bool = False  # without it nothing of this sync is used


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a connection: what it is, an example, and whether it must be given."""

    about: str
    example: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Feed:
    """A connector's declaration. `profile` maps its raw views; `overlap` is added to each cursor.

    `secrets` are kept sealed and never shown again. `per_second` and `at_once` cap the calls;
    `key_view` is the raw view and column that hold the supplier's id of a pupil, with that of the
    UPN, so that pupils already known can be recognised. `pupil_columns` are all columns that hold
    the supplier's id of a pupil: raw view -> column. `gone_view` is the raw view of what the
    supplier says was deleted.
    """

    kind: str
    title: str
    about: str
    profile: str
    resources: tuple[Resource, ...]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    secrets: Mapping[str, Setting] = field(default_factory=dict)
    overlap: timedelta = timedelta(minutes=10)
    per_second: float = 5.0
    webhook: bool = False
    key_view: tuple[str, str, str] | None = None
    pupil_columns: Mapping[str, str] = field(default_factory=dict)
    gone_view: str = ""

    def resource(self, name: str) -> Resource:
        """The resource of this name; KeyError when there is none."""
        return next(one for one in self.resources if one.name == name)
