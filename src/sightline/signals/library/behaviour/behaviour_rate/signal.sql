-- Concerns weighted by severity, for each 25 hours of lessons the pupil was in school for.
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

recorded as (
    select distinct
        w.school_id,
        w.as_of
    from behaviour
    inner join window_day as w on behaviour.school_id = w.school_id and behaviour.date = w.date
    where w.back < :window_days
),

concerns as (
    select
        behaviour.pupil_ref,
        w.as_of,
        count(*) as concerns,
        sum(behaviour.severity) as severity
    from behaviour
    inner join enrolled
        on behaviour.pupil_ref = enrolled.pupil_ref and behaviour.date >= enrolled.enrolled_on
    inner join window_day as w on enrolled.school_id = w.school_id and behaviour.date = w.date
    where w.back < :window_days and behaviour.kind = 'concern'
    group by behaviour.pupil_ref, w.as_of
),

lessons as (
    select
        day.pupil_ref,
        w.as_of,
        sum(day.minutes) / 60.0 as hours
    from lesson_day as day
    inner join window_day as w on day.school_id = w.school_id and day.date = w.date
    where w.back < :window_days
    group by day.pupil_ref, w.as_of
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
        coalesce(concerns.concerns, 0) as concerns,
        coalesce(concerns.severity, 0) as severity,
        coalesce(lessons.hours, 0) as hours,
        25.0 * coalesce(concerns.severity, 0) / nullif(lessons.hours, 0) as rate
    from scope
    left join span on scope.school_id = span.school_id and scope.as_of = span.as_of
    left join recorded on scope.school_id = recorded.school_id and scope.as_of = recorded.as_of
    left join concerns on scope.pupil_ref = concerns.pupil_ref and scope.as_of = concerns.as_of
    left join lessons on scope.pupil_ref = lessons.pupil_ref and scope.as_of = lessons.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when hours < :min_hours - 1e-9 or not is_recorded then 'cannot_tell'
        when rate >= :min_rate - 1e-9 and concerns >= :min_events then 'flag'
        else 'clear'
    end as outcome,
    case
        when hours < :min_hours - 1e-9 then 'too_few_hours'
        when not is_recorded then 'nothing_recorded'
    end as reason,
    rate as value,
    rate as level,
    severity as numerator,
    hours as denominator,
    window_from,
    window_to,
    days,
    concerns as earlier_numerator,
    null as earlier_denominator
from measured
