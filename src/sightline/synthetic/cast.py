"""The demo's fixed cast: made-up pupils, each of whom shows one rule on DEMO_AS_OF.

"Ago" counts school days back from DEMO_AS_OF: 0 is that day, 0-19 the last twenty (W of the
signals), 20-39 the twenty before (B), 0-9 the last ten (R). What a member does not name is
uneventful: present, on time, homework done, results a little above what was expected.
"""

from dataclasses import dataclass
from datetime import date

__all__ = ["CAST", "DEMO_AS_OF", "TABLE_OF_SIGNAL", "Member"]

DEMO_AS_OF = date(2026, 3, 6)
"""The Friday the cast is made for; the meeting is on the Monday after."""

LATE_5 = (1, 4, 8, 11, 15)


@dataclass(frozen=True)
class Member:
    """One pupil. `signal` is the one the rule is about and `outcome` what it says.

    absent: (ago of the first day, sessions, code), consecutive from that morning on.
    late, late_closed: agos with L or U in the morning. concerns: (ago, period, severity).
    truant: (ago, period). gaps: (subject, gap in grades) of the only results in spring.
    work: (missing, due) in W, the rest excused. support: (name, aim, started, review).
    share: of the class's usual minutes on the learning platform.
    tuesdays: a concern in every Tuesday lesson of one class since another teacher took it.
    tenth: absences so far, as the number below a tenth of all possible sessions (0: exactly).
    """

    given: str
    family: str
    year: int
    sex: str
    shows: str
    signal: str
    outcome: str
    since: date
    sen: str = "N"
    disadvantaged: bool = False
    enrolled: date | None = None
    absent: tuple[tuple[int, int, str], ...] = ()
    late: tuple[int, ...] = ()
    late_closed: tuple[int, ...] = ()
    concerns: tuple[tuple[int, int, int], ...] = ()
    praise: int = 0
    tuesdays: bool = False
    truant: tuple[tuple[int, int], ...] = ()
    gaps: tuple[tuple[str, float], ...] = ()
    work: tuple[int, int] | None = None
    share: float = 1.0
    support: tuple[str, str, date, date] | None = None
    tenth: int | None = None
    note: str = ""


CAST: tuple[Member, ...] = (
    Member(
        "Amira",
        "Haddadin",
        9,
        "F",
        "Concerns on Tuesdays in one room since a staffing change.",
        "behaviour_rate",
        "flag",
        date(2026, 1, 6),
        sen="K",
        tuesdays=True,
        note="I learn best when I can see your face when you talk. Amira, pupil passport.",
    ),
    Member(
        "Leonie",
        "Marchbanks",
        9,
        "F",
        "A drop of exactly 3.0 points is a flag (95% to 92%).",
        "attendance_momentum",
        "flag",
        date(2026, 2, 12),
        absent=((30, 2, "I"), (19, 15, "D"), (8, 2, "I")),
    ),
    Member(
        "Kasimir",
        "Dolinski",
        9,
        "M",
        "A drop of 2.9 points is just under, so it is clear.",
        "attendance_momentum",
        "clear",
        date(2026, 2, 12),
        absent=((30, 2, "I"), (19, 2, "D"), (8, 3, "I")),
    ),
    Member(
        "Jerrell",
        "Okonjo",
        9,
        "M",
        "Late five times in four weeks, and three in the four before.",
        "persistent_lateness",
        "flag",
        date(2026, 2, 9),
        disadvantaged=True,
        late=(*LATE_5, 22, 27, 33),
    ),
    Member(
        "Carys",
        "Prosser",
        9,
        "F",
        "Late five times, but seven before: falling, so no flag.",
        "persistent_lateness",
        "clear",
        date(2026, 1, 6),
        late=(*LATE_5, 21, 23, 26, 28, 31, 34, 37),
    ),
    Member(
        "Ronan",
        "Gilhooly",
        9,
        "M",
        "Concerns of exactly 3.0 a week by severity are a flag.",
        "behaviour_rate",
        "flag",
        date(2026, 2, 4),
        concerns=((17, 2, 3), (13, 5, 3), (7, 4, 3), (2, 5, 3)),
    ),
    Member(
        "Shazia",
        "Mirza",
        9,
        "F",
        "Three light concerns in ten days: recent, though not heavy.",
        "behaviour_recency",
        "flag",
        date(2026, 2, 25),
        concerns=((7, 3, 1), (4, 5, 1), (1, 4, 1)),
    ),
    Member(
        "Bogumil",
        "Zawadzki",
        9,
        "M",
        "Exactly one grade below expectation over three subjects.",
        "progress_variance",
        "flag",
        date(2026, 2, 27),
        gaps=(("English", -1.3), ("History", -1.0), ("Science", -0.7)),
    ),
    Member(
        "Ifeoma",
        "Nwachukwu",
        9,
        "F",
        "Three of ten pieces of work missing: exactly 30%.",
        "missing_work",
        "flag",
        date(2026, 2, 9),
        work=(3, 10),
    ),
    Member(
        "Taliesin",
        "Beynon",
        9,
        "M",
        "Three lessons missed while in school.",
        "disengagement",
        "flag",
        date(2026, 2, 10),
        disadvantaged=True,
        truant=((16, 5), (9, 4), (3, 5)),
    ),
    Member(
        "Marnie",
        "Oldroyd",
        9,
        "F",
        "A support that was due for review has changed nothing.",
        "support_without_change",
        "flag",
        date(2026, 1, 12),
        late=(2, 9, 16, 36, 42, 49),
        support=("Meet and greet", "persistent_lateness", date(2026, 1, 12), date(2026, 2, 27)),
    ),
    Member(
        "Xanthe",
        "Kirkbride",
        9,
        "F",
        "A support that worked: six lates became one.",
        "support_without_change",
        "clear",
        date(2026, 1, 12),
        late=(12, 35, 37, 40, 43, 46, 50),
        support=("Meet and greet", "persistent_lateness", date(2026, 1, 12), date(2026, 2, 27)),
    ),
    Member(
        "Yannick",
        "Delacroix",
        9,
        "M",
        "New eight days ago: too little is known, and it says so.",
        "attendance_momentum",
        "cannot_tell",
        date(2026, 2, 25),
        enrolled=date(2026, 2, 25),
        absent=((6, 2, "I"),),
    ),
    Member(
        "Saffiya",
        "Rahmani",
        9,
        "F",
        "Only good news: attendance up 15 points and six praises.",
        "attendance_momentum",
        "clear",
        date(2026, 2, 2),
        sen="K",
        praise=6,
        absent=((37, 4, "I"), (25, 2, "I")),
    ),
    Member(
        "Zephan",
        "Ockenden",
        9,
        "M",
        "Six themes at once.",
        "attendance_momentum",
        "flag",
        date(2026, 2, 2),
        sen="E",
        disadvantaged=True,
        absent=((33, 2, "I"), (18, 4, "O"), (10, 4, "O"), (5, 1, "O")),
        late=(1, 3, 7, 13, 15),
        concerns=((14, 5, 3), (9, 4, 4), (6, 5, 3), (3, 4, 3), (1, 5, 4)),
        truant=((12, 5), (6, 4), (0, 5)),
        gaps=(("English", -1.7), ("Mathematics", -1.3), ("Science", -1.3), ("History", -1.0)),
        work=(7, 12),
    ),
    Member(
        "Emrys",
        "Gallimore",
        7,
        "M",
        "Arriving after the register closes counts as late too.",
        "persistent_lateness",
        "flag",
        date(2026, 2, 5),
        late=(2, 6),
        late_closed=(12, 16, 24, 30),
    ),
    Member(
        "Mirren",
        "Aldous",
        7,
        "F",
        "Excused work is left out: two of six are missing, not of 12.",
        "missing_work",
        "flag",
        date(2026, 2, 9),
        work=(2, 6),
    ),
    Member(
        "Corentin",
        "Vasseur",
        8,
        "M",
        "Exactly 90.0% this year is persistently absent.",
        "attendance_momentum",
        "clear",
        date(2026, 3, 6),
        absent=((32, 2, "I"), (6, 2, "I")),
        tenth=0,
    ),
    Member(
        "Lowenna",
        "Trevithick",
        8,
        "F",
        "One session better than 90.0% is not.",
        "attendance_momentum",
        "clear",
        date(2026, 3, 6),
        absent=((32, 2, "I"), (6, 2, "I")),
        tenth=1,
    ),
    Member(
        "Ottilie",
        "Braddock",
        10,
        "F",
        "Uses the learning platform a fifth as much as the class.",
        "engagement_vs_peers",
        "flag",
        date(2025, 9, 3),
        share=0.2,
    ),
    Member(
        "Nerys",
        "Tremlett",
        10,
        "F",
        "A change of exactly the meaningful size is not a flag.",
        "support_without_change",
        "clear",
        date(2026, 1, 12),
        late=(2, 36, 42, 49),
        support=("Morning call", "persistent_lateness", date(2026, 1, 12), date(2026, 2, 27)),
    ),
    Member(
        "Quillan",
        "Staveley",
        10,
        "M",
        "A support whose review lies ahead is not judged yet.",
        "support_without_change",
        "clear",
        date(2026, 2, 9),
        late=(2, 9, 16),
        support=("Meet and greet", "persistent_lateness", date(2026, 2, 9), date(2026, 3, 27)),
    ),
    Member(
        "Hamza",
        "Chowdrey",
        11,
        "M",
        "A suspension is an absence: four sessions, a drop of 10.",
        "attendance_momentum",
        "flag",
        date(2026, 2, 24),
        disadvantaged=True,
        absent=((8, 4, "E"),),
        concerns=((9, 5, 5),),
    ),
)

TABLE_OF_SIGNAL = {
    "attendance_momentum": "attendance",
    "persistent_lateness": "attendance",
    "behaviour_rate": "behaviour",
    "behaviour_recency": "behaviour",
    "progress_variance": "assessment",
    "missing_work": "work",
    "disengagement": "lesson_mark",
    "engagement_vs_peers": "engagement",
    "support_without_change": "support",
}
