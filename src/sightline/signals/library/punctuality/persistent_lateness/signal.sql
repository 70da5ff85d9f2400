-- Late arrivals (codes L and U) over the last 20 school days, and not fewer than before.
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

counted as (
    select
        day.pupil_ref,
        w.as_of,
        sum(case when w.back < :window_days then day.late else 0 end) as late,
        sum(case when w.back < :window_days then day.arrived else 0 end) as arrived,
        sum(case when w.back < :window_days then 0 else day.late end) as late_before,
        sum(case when w.back < :window_days then 0 else day.arrived end) as arrived_before
    from attendance_day as day
    inner join window_day as w on day.school_id = w.school_id and day.date = w.date
    where w.back < :window_days + :baseline_days
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
        coalesce(counted.late, 0) as late,
        coalesce(counted.arrived, 0) as arrived,
        coalesce(counted.late_before, 0) as late_before,
        coalesce(counted.arrived_before, 0) as arrived_before
    from scope
    left join span on scope.school_id = span.school_id and scope.as_of = span.as_of
    left join counted on scope.pupil_ref = counted.pupil_ref and scope.as_of = counted.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when arrived < :min_arrived then 'cannot_tell'
        when
            late >= :min_lates and (arrived_before < :min_arrived or late >= late_before)
            then 'flag'
        else 'clear'
    end as outcome,
    case when arrived < :min_arrived then 'too_few_arrivals' end as reason,
    late as value,
    late as level,
    late as numerator,
    arrived as denominator,
    window_from,
    window_to,
    days,
    late_before as earlier_numerator,
    arrived_before as earlier_denominator
from measured
