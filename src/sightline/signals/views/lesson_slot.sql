-- The timetable of each pupil: lesson minutes of a morning and an afternoon, by weekday and week.
-- slot_no is one number for the pupil and the calendar's timetable_day.
with member as (
    select
        enrolled.pupil_no,
        class_member.class_id,
        class_member.from_on,
        coalesce(class_member.to_on, date '9999-12-31') as to_on
    from class_member
    inner join enrolled
        on
            class_member.pupil_ref = enrolled.pupil_ref
            and class_member.from_on >= enrolled.enrolled_on
),

-- Overlapping memberships of one class become one span, so that a lesson counts once.
several as (
    select
        pupil_no,
        class_id
    from member
    group by pupil_no, class_id
    having count(*) > 1
),

reached as (
    select
        member.*,
        max(member.to_on) over (
            partition by member.pupil_no, member.class_id
            order by member.from_on, member.to_on
            rows between unbounded preceding and 1 preceding
        ) as covered_to
    from member
    inner join several
        on member.pupil_no = several.pupil_no and member.class_id = several.class_id
),

numbered as (
    select
        *,
        sum(case when from_on <= covered_to then 0 else 1 end) over (
            partition by pupil_no, class_id
            order by from_on, to_on
            rows between unbounded preceding and current row
        ) as span
    from reached
),

spans as (
    select
        member.pupil_no,
        member.class_id,
        member.from_on,
        member.to_on
    from member
    left join several
        on member.pupil_no = several.pupil_no and member.class_id = several.class_id
    where several.pupil_no is null
    union all
    select
        pupil_no,
        class_id,
        min(from_on) as from_on,
        max(to_on) as to_on
    from numbered
    group by pupil_no, class_id, span
),

-- A lesson without a cycle week runs in every week; one with a cycle week only in that week.
cycle as (
    select
        'A' as week,
        1 as number
    union all
    select
        'B' as week,
        2 as number
    union all
    select
        '-' as week,
        0 as number
),

timed as (
    select
        lesson.class_id,
        lesson.weekday * 3 + cycle.number as timetable_day,
        lesson.session,
        lesson.from_on,
        lesson.to_on,
        cast(substr(lesson.ends_at, 1, 2) as integer) * 60
        + cast(substr(lesson.ends_at, 4, 2) as integer)
        - cast(substr(lesson.starts_at, 1, 2) as integer) * 60
        - cast(substr(lesson.starts_at, 4, 2) as integer) as minutes
    from lesson
    inner join cycle on cycle.week = coalesce(lesson.cycle_week, cycle.week)
),

run as (
    select
        spans.pupil_no * 32 + timed.timetable_day as slot_no,
        greatest(spans.from_on, coalesce(timed.from_on, spans.from_on)) as from_on,
        least(spans.to_on, coalesce(timed.to_on, spans.to_on)) as to_on,
        case when timed.session = 'AM' then timed.minutes else 0 end as minutes_am,
        case when timed.session = 'PM' then timed.minutes else 0 end as minutes_pm
    from spans
    inner join timed on spans.class_id = timed.class_id
)

select
    slot_no,
    from_on,
    to_on,
    cast(sum(minutes_am) as integer) as minutes_am,
    cast(sum(minutes_pm) as integer) as minutes_pm
from run
where from_on <= to_on
group by slot_no, from_on, to_on
