-- Lessons in the last 20 school days that the pupil was removed from or did not go to.
with span as (
    select
        school_id,
        as_of,
        min(date) as window_from,
        max(date) as window_to,
        count(*) as days
    from window_day
    where back < :window_days
    group by school_id, as_of
),

register_day as (
    select distinct
        school_id,
        date
    from lesson_mark
    where date between :first_date and :last_date
),

recorded as (
    select distinct
        w.school_id,
        w.as_of
    from register_day
    inner join window_day as w
        on register_day.school_id = w.school_id and register_day.date = w.date
    where w.back < :window_days
),

counted as (
    select
        mark.pupil_ref,
        w.as_of,
        count(*) as lessons,
        sum(case when mark.mark = 'removed' then 1 else 0 end) as removed
    from lesson_mark as mark
    inner join enrolled
        on mark.pupil_ref = enrolled.pupil_ref and mark.date >= enrolled.enrolled_on
    inner join window_day as w on enrolled.school_id = w.school_id and mark.date = w.date
    where
        mark.mark in ('removed', 'truant')
        and w.back < :window_days
        and mark.date between :first_date and :last_date
    group by mark.pupil_ref, w.as_of
),

measured as (
    select
        scope.pupil_ref,
        scope.school_id,
        scope.as_of,
        span.window_from,
        span.window_to,
        span.days,
        recorded.as_of is not null as is_recorded,
        coalesce(counted.lessons, 0) as lessons,
        coalesce(counted.removed, 0) as removed
    from scope
    left join span on scope.school_id = span.school_id and scope.as_of = span.as_of
    left join recorded on scope.school_id = recorded.school_id and scope.as_of = recorded.as_of
    left join counted on scope.pupil_ref = counted.pupil_ref and scope.as_of = counted.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when not is_recorded then 'cannot_tell'
        when lessons >= :min_events then 'flag'
        else 'clear'
    end as outcome,
    case when not is_recorded then 'no_lesson_marks' end as reason,
    lessons as value,
    lessons as level,
    lessons as numerator,
    null as denominator,
    window_from,
    window_to,
    days,
    removed as earlier_numerator,
    null as earlier_denominator
from measured
