-- The timetable of each pupil: lesson minutes by weekday, cycle week and session.
-- Overlapping memberships of one class are one span, so that a lesson counts once.
with member as (
    select
        class_member.class_id,
        class_member.pupil_ref,
        class_member.from_on,
        coalesce(class_member.to_on, date '9999-12-31') as to_on
    from class_member
    inner join enrolled
        on
            class_member.pupil_ref = enrolled.pupil_ref
            and class_member.from_on >= enrolled.enrolled_on
),

reached as (
    select
        *,
        max(to_on) over (
            partition by pupil_ref, class_id
            order by from_on, to_on
            rows between unbounded preceding and 1 preceding
        ) as covered_to
    from member
),

numbered as (
    select
        *,
        sum(case when from_on <= covered_to then 0 else 1 end) over (
            partition by pupil_ref, class_id
            order by from_on, to_on
            rows between unbounded preceding and current row
        ) as span
    from reached
),

spans as (
    select
        pupil_ref,
        class_id,
        min(from_on) as from_on,
        max(to_on) as to_on
    from numbered
    group by pupil_ref, class_id, span
),

-- A lesson without a cycle week runs in every week; one with a cycle week only in that week.
cycle as (
    select 'A' as week
    union all
    select 'B' as week
    union all
    select '-' as week
),

run as (
    select
        spans.pupil_ref,
        lesson.weekday,
        cycle.week as cycle_week,
        lesson.session,
        greatest(spans.from_on, coalesce(lesson.from_on, spans.from_on)) as from_on,
        least(spans.to_on, coalesce(lesson.to_on, spans.to_on)) as to_on,
        cast(substr(lesson.ends_at, 1, 2) as integer) * 60
        + cast(substr(lesson.ends_at, 4, 2) as integer)
        - cast(substr(lesson.starts_at, 1, 2) as integer) * 60
        - cast(substr(lesson.starts_at, 4, 2) as integer) as minutes
    from spans
    inner join lesson on spans.class_id = lesson.class_id
    inner join cycle on cycle.week = coalesce(lesson.cycle_week, cycle.week)
)

select
    pupil_ref,
    weekday,
    cycle_week,
    session,
    from_on,
    to_on,
    sum(minutes) as minutes
from run
where from_on <= to_on
group by pupil_ref, weekday, cycle_week, session, from_on, to_on
