-- Say here what is counted, over which days, and what it is set against.
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
)

select
    scope.pupil_ref,
    scope.school_id,
    scope.as_of,
    'cannot_tell' as outcome,
    'nothing_recorded' as reason,
    null as value,
    null as level,
    null as numerator,
    null as denominator,
    span.window_from,
    span.window_to,
    span.days,
    null as earlier_numerator,
    null as earlier_denominator
from scope
left join span on scope.school_id = span.school_id and scope.as_of = span.as_of
