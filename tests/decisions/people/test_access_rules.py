"""why_may_see and may, with random roles, days and pupils."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sightline.access import (
    LEVELS,
    Held,
    PupilPlace,
    Viewer,
    may,
    read_matrix,
    why_may_see,
)

MATRIX = read_matrix()
AT = datetime(2026, 3, 9, 8, 40, tzinfo=UTC)
TODAY = AT.date()
NEEDS = [*MATRIX.areas, *MATRIX.deeds]
SCHOOLS = ["S1", "S2"]
REFS = [f"ref{n}" for n in range(4)]
CLASSES = ["c1", "c2", "c3"]
ALL_SCOPES = ["trust", "school", "year", "tutor_group", "taught", "subject", "caseload", "pupils"]

places = st.builds(
    PupilPlace,
    pupil_ref=st.sampled_from(REFS),
    school_id=st.sampled_from(SCHOOLS),
    year_group=st.sampled_from([None, 8, 9]),
    registration_group=st.sampled_from(["", "8A", "9N"]),
    class_ids=st.frozensets(st.sampled_from(CLASSES)),
    subjects=st.frozensets(st.sampled_from(["art", "mathematics"])),
)


@st.composite
def grants(draw: st.DrawFn) -> Held:
    role = draw(st.sampled_from([*MATRIX.roles, "no_such_role"]))
    scope = draw(st.sampled_from(ALL_SCOPES))
    days = st.integers(-3, 3).map(lambda n: TODAY + timedelta(days=n))
    return Held(
        role,
        scope,
        "" if scope == "trust" else draw(st.sampled_from(SCHOOLS)),
        draw(st.sampled_from(["", "8", "9", "8A", "9N", "Art"])),
        draw(days),
        draw(st.none() | days),
        draw(st.frozensets(st.sampled_from(REFS))),
    )


viewers = st.builds(
    Viewer,
    user_id=st.just(1),
    held=st.lists(grants().filter(lambda one: one.role != "no_such_role"), max_size=3).map(tuple),
    at=st.just(AT),
    on=st.just(TODAY),
    taught=st.dictionaries(st.sampled_from(CLASSES), st.just("9x2 Mathematics")),
    emergencies=st.dictionaries(
        st.sampled_from(REFS), st.integers(-2, 2).map(lambda n: AT + timedelta(minutes=n))
    ),
)
areas = st.sampled_from(list(MATRIX.areas))
needs = st.sampled_from(NEEDS)
scopes = st.fixed_dictionaries(
    {"school_id": st.sampled_from([None, *SCHOOLS]), "year_group": st.sampled_from([None, 8, 9])}
)


def level(viewer: Viewer, place: PupilPlace, area: str) -> int:
    reason = why_may_see(viewer, place, area)
    return LEVELS.index(reason.level) if reason else 0


@given(places, areas, needs, scopes)
def test_without_a_role_nothing_is_allowed(
    place: PupilPlace, area: str, need: str, scope: dict[str, object]
) -> None:
    nobody = Viewer(1, (), AT, TODAY)
    assert why_may_see(nobody, place, area) is None
    assert may(nobody, need, **scope) is None


@given(viewers, places, areas)
def test_every_reason_comes_from_a_role_of_today_that_covers_the_pupil(
    viewer: Viewer, place: PupilPlace, area: str
) -> None:
    reason = why_may_see(viewer, place, area)
    if reason is None:
        return
    assert reason.level in ("indicator", "event")
    assert reason.words
    if reason.scope == "emergency":
        assert viewer.emergencies[place.pupil_ref] > AT
        return
    held = [one for one in viewer.held if (one.role, one.scope) == (reason.role, reason.scope)]
    assert any(one.from_on <= TODAY <= (one.to_on or date.max) for one in held)
    assert any(one.scope == "trust" or one.school_id == place.school_id for one in held)
    assert MATRIX.level(reason.role, area) == reason.level


@given(viewers, places, areas, needs, scopes)
def test_ended_and_future_grants_give_nothing(
    viewer: Viewer, place: PupilPlace, area: str, need: str, scope: dict[str, object]
) -> None:
    today = tuple(one for one in viewer.held if one.holds_on(TODAY))
    bare = replace(viewer, held=today)
    assert why_may_see(viewer, place, area) == why_may_see(bare, place, area)
    assert may(viewer, need, **scope) == may(bare, need, **scope)


@given(viewers, viewers, places, areas)
def test_seeing_as_a_colleague_never_shows_more_than_either_sees(
    viewer: Viewer, other: Viewer, place: PupilPlace, area: str
) -> None:
    both = replace(viewer, within=other)
    lower = min(level(viewer, place, area), level(other, place, area))
    assert level(both, place, area) == lower


@given(viewers, viewers, needs, scopes)
def test_seeing_as_a_colleague_allows_no_deed_that_either_may_not_do(
    viewer: Viewer, other: Viewer, need: str, scope: dict[str, object]
) -> None:
    both = may(replace(viewer, within=other), need, **scope)
    apart = may(viewer, need, **scope) and may(other, need, **scope)
    assert (both is not None) == bool(apart)


@given(viewers, grants(), places, areas)
def test_one_role_more_never_takes_anything_away(
    viewer: Viewer, more: Held, place: PupilPlace, area: str
) -> None:
    richer = replace(viewer, held=(*viewer.held, more))
    if more.role != "no_such_role":
        assert level(richer, place, area) >= level(viewer, place, area)


@given(places, areas, st.integers(-180, 180))
def test_an_emergency_ends_on_the_minute_and_is_for_one_pupil(
    place: PupilPlace, area: str, seconds: int
) -> None:
    until = AT + timedelta(seconds=seconds)
    viewer = Viewer(1, (), AT, TODAY, emergencies={place.pupil_ref: until})
    reason = why_may_see(viewer, place, area)
    about_pupils = area not in ("record", "people", "data")
    assert (reason is not None) == (seconds > 0 and about_pupils)
    other = replace(place, pupil_ref="somebody else")
    assert why_may_see(viewer, other, area) is None


@given(viewers, needs, st.sampled_from(SCHOOLS), st.sampled_from([8, 9]))
def test_what_is_allowed_for_a_year_is_allowed_for_its_school(
    viewer: Viewer, need: str, school: str, year: int
) -> None:
    if may(viewer, need, school_id=school, year_group=year):
        assert may(viewer, need, school_id=school)
        assert may(viewer, need)


@given(viewers, st.sampled_from(SCHOOLS), needs)
def test_nothing_of_another_school_is_allowed(viewer: Viewer, school: str, need: str) -> None:
    held = may(viewer, need, school_id=school)
    assert held is None or held.scope == "trust" or held.school_id == school


def test_a_need_that_is_no_area_and_no_deed_is_refused() -> None:
    held = tuple(Held(role, "trust") for role in MATRIX.roles)
    assert may(Viewer(1, held, AT, TODAY), "everything") is None
