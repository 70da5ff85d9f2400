-- Attendance over the last 20 school days against the 20 before.
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
        sum(case when w.back < :window_days then day.attended else 0 end) as attended,
        sum(case when w.back < :window_days then day.possible else 0 end) as possible,
        sum(case when w.back < :window_days then 0 else day.attended end) as attended_before,
        sum(case when w.back < :window_days then 0 else day.possible end) as possible_before
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
        coalesce(counted.attended, 0) as attended,
        coalesce(counted.possible, 0) as possible,
        coalesce(counted.attended_before, 0) as attended_before,
        coalesce(counted.possible_before, 0) as possible_before,
        100.0 * counted.attended / nullif(counted.possible, 0) as level,
        100.0 * counted.attended_before / nullif(counted.possible_before, 0) as level_before
    from scope
    left join span on scope.school_id = span.school_id and scope.as_of = span.as_of
    left join counted on scope.pupil_ref = counted.pupil_ref and scope.as_of = counted.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when possible < :min_possible or possible_before < :min_possible then 'cannot_tell'
        when level - level_before <= -:drop_points + 1e-9 then 'flag'
        else 'clear'
    end as outcome,
    case
        when possible < :min_possible or possible_before < :min_possible then 'too_few_marks'
    end as reason,
    level - level_before as value,
    level,
    attended as numerator,
    possible as denominator,
    window_from,
    window_to,
    days,
    attended_before as earlier_numerator,
    possible_before as earlier_denominator
from measured
