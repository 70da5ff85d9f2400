"""The contract says what the data dictionary says: columns, types, keys and rules."""

import time
from datetime import date

import pytest

from sightline.contract.model import TABLES, read_contract

CONTRACT = read_contract()

# The dictionary, read by hand. table: (key, columns in order); `*` required, text unless `:type`.
DICTIONARY = {
    "school": ("school_id", "school_id* name* phase*"),
    "school_day": ("school_id date", "school_id* date*:date kind* term cycle_week"),
    "class": ("class_id", "class_id* school_id* subject* name"),
    "lesson": (
        "class_id weekday cycle_week period from_on",
        "class_id* weekday*:integer cycle_week period* session* starts_at*:time ends_at*:time"
        " staff_id room from_on:date to_on:date",
    ),
    "school_event": (
        "event_id",
        "event_id* school_id* kind* title* from_on*:date to_on:date class_id subject"
        " year_group:integer staff_id",
    ),
    "pupil": (
        "pupil_id",
        "pupil_id* school_id* enrolled_on*:date left_on:date year_group:integer registration_group"
        " sex sen_status eal:boolean disadvantaged:boolean prior_attainment"
        " disabled:boolean deprivation_decile:integer age_band final_result",
    ),
    "pupil_identity": (
        "pupil_id",
        "pupil_id* given_name* family_name* upn date_of_birth:date",
    ),
    "staff": ("staff_id", "staff_id* school_id* name* role left_on:date"),
    "class_member": (
        "class_id pupil_id from_on",
        "class_id* pupil_id* from_on*:date to_on:date",
    ),
    "attendance": (
        "pupil_id date session",
        "pupil_id* date*:date session* code minutes_late:integer recorded_at:timestamp",
    ),
    "lesson_mark": (
        "pupil_id date period",
        "pupil_id* date*:date period* class_id mark* recorded_at:timestamp",
    ),
    "behaviour": (
        "event_id",
        "event_id* pupil_id* date*:date kind* category* severity:integer session period class_id"
        " staff_id location recorded_at:timestamp",
    ),
    "assessment": (
        "result_id",
        "result_id* pupil_id* subject* point* date*:date scale* value:number expected:number"
        " recorded_at:timestamp",
    ),
    "work": (
        "work_id pupil_id",
        "work_id* pupil_id* class_id subject* set_on:date due_on*:date status*"
        " recorded_at:timestamp",
    ),
    "engagement": (
        "pupil_id class_id date kind",
        "pupil_id* class_id date*:date kind* quantity*:number",
    ),
    "support": (
        "support_id",
        "support_id* pupil_id* name* aim_signal* started_on*:date review_on*:date ended_on:date"
        " staff_id",
    ),
    "note": (
        "note_id",
        "note_id* pupil_id* date*:date category* text* restricted:boolean",
    ),
}
ALLOWED = {
    "school.phase": "primary secondary all_through special fe he",
    "school_day.kind": "open inset holiday closed",
    "school_day.cycle_week": "A B",
    "lesson.cycle_week": "A B",
    "lesson.session": "AM PM",
    "school_event.kind": "staffing curriculum timetable building other",
    "pupil.sex": "F M X U",
    "pupil.sen_status": "N K E",
    "pupil.prior_attainment": "low middle high",
    "pupil.final_result": "distinction pass fail withdrawn",
    "attendance.session": "AM PM",
    "lesson_mark.mark": "present late absent removed truant",
    "behaviour.kind": "concern praise",
    "behaviour.session": "AM PM",
    "assessment.scale": "gcse_9_1 scaled_score percent step",
    "work.status": "submitted late missing excused",
    "engagement.kind": "vle library campus other",
    "support.aim_signal": "attendance_momentum persistent_lateness behaviour_rate"
    " behaviour_recency progress_variance missing_work disengagement engagement_vs_peers",
}
SPELLS = {
    f"{table}.{end}"
    for table in ("lesson", "school_event", "class_member")
    for end in ("from_on", "to_on")
}


def columns_where(rule: str) -> dict[str, object]:
    """table.column -> the rule's value, for the columns that have one."""
    return {
        f"{table.name}.{column.name}": getattr(column, rule)
        for table in CONTRACT.tables
        for column in table.columns
        if getattr(column, rule) not in (None, False, ())
    }


@pytest.mark.parametrize("name", DICTIONARY)
def test_a_table_has_the_columns_types_and_key_of_the_dictionary(name: str) -> None:
    key, columns = DICTIONARY[name]
    table = CONTRACT.table(name)
    told = [
        f"{c.name}{'*' if c.required else ''}{'' if c.type == 'string' else f':{c.type}'}"
        for c in table.columns
    ]
    assert told == columns.split()
    assert list(table.key) == key.split()


def test_there_are_no_other_tables() -> None:
    assert sorted(table.name for table in CONTRACT.tables) == sorted(DICTIONARY)


def test_allowed_values_are_those_of_the_dictionary() -> None:
    assert columns_where("allowed") == {name: tuple(v.split()) for name, v in ALLOWED.items()}


def test_numbers_have_the_ranges_of_the_dictionary() -> None:
    low = {"lesson.weekday": 1, "behaviour.severity": 1, "pupil.deprivation_decile": 1}
    assert columns_where("maximum") == {
        "lesson.weekday": 5,
        "pupil.deprivation_decile": 10,
        "behaviour.severity": 5,
        "attendance.minutes_late": 400,
    }
    found = {
        f"{table.name}.{column.name}": column.minimum
        for table in CONTRACT.tables
        for column in table.columns
        if column.minimum is not None
    }
    assert found == {**low, "attendance.minutes_late": 0, "engagement.quantity": 0}


def test_only_the_dates_the_dictionary_names_may_lie_ahead() -> None:
    found = set(columns_where("may_lie_ahead"))
    assert found - SPELLS == {
        "school_day.date",
        "pupil.enrolled_on",
        "pupil.left_on",
        "staff.left_on",
        "work.set_on",
        "work.due_on",
        "support.review_on",
        "support.ended_on",
    }
    assert found >= SPELLS


def test_only_a_date_of_birth_may_lie_before_2000() -> None:
    for table in CONTRACT.tables:
        for column in table.columns:
            year = 1900 if column.name == "date_of_birth" else 2000
            assert column.earliest == date(year, 1, 1)


def test_an_identifier_of_another_table_is_a_reference_to_it() -> None:
    parents = {"pupil_id": "pupil", "class_id": "class", "school_id": "school", "staff_id": "staff"}
    for table in CONTRACT.tables:
        for column in table.columns:
            parent = parents.get(column.name)
            refers = parent is not None and parent != table.name
            assert column.references == ((parent, column.name) if refers else None)


def test_parents_come_before_the_tables_that_refer_to_them() -> None:
    for position, table in enumerate(CONTRACT.tables):
        for column in table.columns:
            assert not column.references or column.references[0] in TABLES[:position]


def test_pairs_are_in_order_and_only_lesson_times_strictly() -> None:
    found = {(t.name, *rule) for t in CONTRACT.tables for rule in t.order}
    assert found == {
        ("lesson", "from_on", "to_on", False),
        ("lesson", "starts_at", "ends_at", True),
        ("school_event", "from_on", "to_on", False),
        ("pupil", "enrolled_on", "left_on", False),
        ("class_member", "from_on", "to_on", False),
        ("work", "set_on", "due_on", False),
        ("support", "started_on", "review_on", False),
        ("support", "started_on", "ended_on", False),
    }


def test_a_concern_needs_a_severity_and_nothing_else_depends() -> None:
    found = {table.name: table.required_when for table in CONTRACT.tables if table.required_when}
    assert found == {"behaviour": (("severity", "kind", "concern"),)}


def test_the_two_kinds_of_mark_need_an_open_day_and_a_pupil_on_roll() -> None:
    assert [table.name for table in CONTRACT.tables if table.marks] == ["attendance", "lesson_mark"]


def test_special_columns_are_those_the_dictionary_names() -> None:
    assert columns_where("check") == {"pupil_identity.upn": "upn"}
    assert columns_where("code_list") == {"attendance.code": "attendance_codes"}
    assert columns_where("mapping") == {
        "attendance.code": "attendance_codes",
        "behaviour.category": "behaviour_categories",
    }
    assert set(columns_where("vault")) == {
        "pupil_identity.given_name",
        "pupil_identity.family_name",
        "pupil_identity.upn",
        "pupil_identity.date_of_birth",
        "staff.name",
        "note.text",
    }


def test_a_table_and_a_column_are_found_by_name() -> None:
    assert CONTRACT.table("work").column("status").type == "string"
    with pytest.raises(KeyError):
        CONTRACT.table("works")
    with pytest.raises(KeyError):
        CONTRACT.table("work").column("state")


def test_reading_every_file_takes_less_than_80_ms() -> None:
    took = []
    for _ in range(3):
        started = time.process_time()
        read_contract.__wrapped__()
        took.append(time.process_time() - started)
    assert min(took) < 0.08
