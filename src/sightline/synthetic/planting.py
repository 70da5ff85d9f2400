"""Plants the stories of a school: chooses who, since when, and what it does to the numbers."""

from sightline.synthetic.classrooms import plant_in_classrooms
from sightline.synthetic.lines import Ints
from sightline.synthetic.planter import Planter
from sightline.synthetic.school import School
from sightline.synthetic.stories import Effects, PlantedSupport

__all__ = ["plant"]


def plant(school: School, band: Ints, keep_out: set[int]) -> Effects:
    """Plants every kind of story in proportion to the school's size; `keep_out` names pupils
    (the cast) who have a story already."""
    planter = Planter(school, band, keep_out)
    share = len(school.roll) / 1000
    _decliners(planter, round(8 * share))
    _late_again(planter, round(4 * share))
    _stops_working(planter, round(5 * share))
    _supports(planter, round(4 * share))
    plant_in_classrooms(planter)
    return planter.effects


def _decliners(planter: Planter, count: int) -> None:
    for pupil in planter.take(count, 2, 5):
        day = int(planter.random.integers(35, 150))
        planter.effects.absence[pupil, :day] = 0.08
        planter.effects.absence[pupil, day:] = 3.0
        planter.tell(
            "attendance_decline",
            [pupil],
            day,
            "absence begins",
            "attendance",
            signal="attendance_momentum",
        )


def _late_again(planter: Planter, count: int) -> None:
    for pupil in planter.take(count, 0, 2):
        day = int(planter.random.integers(40, 150))
        planter.effects.late[pupil, :day] = 1.0
        planter.effects.late[pupil, day:] = 14.0
        planter.tell(
            "lateness_begins",
            [pupil],
            day,
            "mornings change",
            "attendance",
            signal="persistent_lateness",
        )


def _stops_working(planter: Planter, count: int) -> None:
    for pupil in planter.take(count, 0, 2):
        day = int(planter.random.integers(40, 150))
        planter.effects.work[pupil, day:] = 0.55
        planter.tell(
            "homework_stops",
            [pupil],
            day,
            "homework is no longer done",
            "work",
            signal="missing_work",
        )


def _supports(planter: Planter, count: int) -> None:
    """Attendance supports; half of them change something, a fortnight after they begin."""
    for place, pupil in enumerate(planter.take(2 * count, 2, 4)):
        start = int(planter.random.integers(45, 120))
        works = place % 2 == 0
        planter.effects.absence[pupil, : start - 20] = 0.3
        planter.effects.absence[pupil, start - 20 :] = 2.0
        if works:
            planter.effects.absence[pupil, start + 10 :] = 0.05
        planter.effects.supports.append(
            PlantedSupport(pupil, "attendance_momentum", start, start + 30, works)
        )
        planter.tell(
            "support_works" if works else "support_changes_nothing",
            [pupil],
            start,
            "support begins",
            "support",
            aim_signal="attendance_momentum",
            review_on=str(planter.year.dates[start + 30]),
        )
