-- Concerns in the last 10 school days.
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
        count(distinct behaviour.date) as concern_days
    from behaviour
    inner join enrolled
        on behaviour.pupil_ref = enrolled.pupil_ref and behaviour.date >= enrolled.enrolled_on
    inner join window_day as w on enrolled.school_id = w.school_id and behaviour.date = w.date
    where w.back < :window_days and behaviour.kind = 'concern'
    group by behaviour.pupil_ref, w.as_of
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
        coalesce(concerns.concern_days, 0) as concern_days
    from scope
    left join span on scope.school_id = span.school_id and scope.as_of = span.as_of
    left join recorded on scope.school_id = recorded.school_id and scope.as_of = recorded.as_of
    left join concerns on scope.pupil_ref = concerns.pupil_ref and scope.as_of = concerns.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when not is_recorded then 'cannot_tell'
        when concerns >= :min_events then 'flag'
        else 'clear'
    end as outcome,
    case when not is_recorded then 'nothing_recorded' end as reason,
    concerns as value,
    concerns as level,
    concerns as numerator,
    null as denominator,
    window_from,
    window_to,
    days,
    concern_days as earlier_numerator,
    null as earlier_denominator
from measured
