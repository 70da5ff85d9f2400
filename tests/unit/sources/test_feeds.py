"""What a connector asks for is what it declares, and every field of it is there for something."""

import re
from collections.abc import Iterator

import pytest

from sightline.access import read_matrix
from sightline.contract import read_contract
from sightline.signals import read_library
from sightline.sources import Profile, read_profile
from sightline.sources.connectors import CONNECTORS, Feed, Resource

FEEDS = [one.feed for one in CONNECTORS.values() if one.feed.profile]
# Columns that every connector may fill without declaring them; so may it what its settings say.
OURS = {"record_id", "school_id"}

of_each = pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.kind)


def filled_by(feed: Feed) -> Iterator[tuple[str, Resource]]:
    """Each raw view with each resource that fills it."""
    for resource in feed.resources:
        for view in resource.views:
            yield view, resource


def headings(profile: Profile, view: str) -> dict[str, str]:
    """What the supplier calls each column -> the column."""
    [found] = [one for one in profile.views if one.name == view]
    return {column.headings[0]: column.name for column in found.columns}


def sql_of(profile: Profile) -> str:
    kinds = (profile.sql, profile.refused_sql, profile.withdrawn_sql)
    return "\n".join([profile.macros, *(text for kind in kinds for text in kind.values())])


def fields_of(feed: Feed, view: str) -> set[str]:
    """The declared fields of a view, with what is said of a list of that name in its parent."""
    filling = [resource for name, resource in filled_by(feed) if name == view]
    names = {field.name for resource in filling for field in resource.fields}
    of_parent = {feed.pupil_columns.get(view, "")}
    return names | {one.removeprefix(f"{view}.") for one in names} | of_parent


@of_each
def test_every_view_of_the_profile_is_filled_and_every_filled_view_is_there(feed: Feed) -> None:
    profile = read_profile(feed.profile)
    assert {view for view, _ in filled_by(feed)} == {view.name for view in profile.views}


@of_each
def test_every_column_that_is_kept_was_declared(feed: Feed) -> None:
    profile = read_profile(feed.profile)
    for view in profile.views:
        kept = headings(profile, view.name).keys() - OURS - set(feed.settings)
        assert kept <= fields_of(feed, view.name), f"{view.name} keeps what nobody declared"


@of_each
def test_every_declared_field_is_used(feed: Feed) -> None:
    """In the SQL of the profile, or to tell rows apart and follow their history."""
    profile = read_profile(feed.profile)
    used = set(re.findall(r"\w+", sql_of(profile)))
    for resource in feed.resources:
        columns = {
            heading: name
            for view in resource.views
            for heading, name in headings(profile, view).items()
        }
        for field in resource.fields:
            only_counts = not resource.views and field.needed_for == ("data",)
            key = field.needed_for == ("keys",)
            told = f"{resource.name}.{field.name} is asked for and not used"
            assert columns.get(field.name) in used or key or only_counts, told


@of_each
def test_every_reason_is_a_signal_an_area_or_the_keys(feed: Feed) -> None:
    reasons = set(read_library()) | set(read_matrix().areas) | {"keys"}
    for resource in feed.resources:
        for field in resource.fields:
            assert field.needed_for, f"{resource.name}.{field.name} is there for nothing"
            assert set(field.needed_for) <= reasons, f"{resource.name}.{field.name}"


@of_each
def test_resources_name_tables_that_are_made_from_them(feed: Feed) -> None:
    profile = read_profile(feed.profile)
    known = {table.name for table in read_contract().tables}
    for resource in feed.resources:
        assert set(resource.tables) <= known
        for table in resource.tables:
            texts = [
                kind.get(table, "")
                for kind in (profile.sql, profile.refused_sql, profile.withdrawn_sql)
            ]
            read = set(re.findall(r"\braw_(\w+)\b", "\n".join(texts)))
            assert read & set(resource.views), f"{table} is not made from {resource.name}"


@of_each
def test_columns_with_a_pupil_are_columns(feed: Feed) -> None:
    profile = read_profile(feed.profile)
    told = dict(feed.pupil_columns)
    for view, column in told.items():
        assert column in headings(profile, view)
    if feed.key_view:
        view, id_column, upn_column = feed.key_view
        assert {id_column, upn_column} <= headings(profile, view).keys()
        assert told[view] == id_column


@of_each
def test_what_is_close_to_special_category_is_called_sensitive(feed: Feed) -> None:
    close = re.compile(r"sen_|sen$|additional_language|premium|ethnic|religion|health|disab", re.I)
    for resource in feed.resources:
        for field in resource.fields:
            if close.search(field.name):
                assert field.sensitive, f"{resource.name}.{field.name}"


@of_each
def test_settings_and_secrets_say_what_they_are(feed: Feed) -> None:
    for setting in [*feed.settings.values(), *feed.secrets.values()]:
        assert setting.about.endswith(".")
