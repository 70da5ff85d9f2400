-- Support past its review date whose aim has not moved since it began.
with due as (
    select
        scope.pupil_ref,
        scope.as_of,
        support.support_id,
        support.started_on,
        aim.meaningful_change,
        aim.direction * (now.level - start.level) as change
    from scope
    inner join support
        on
            scope.pupil_ref = support.pupil_ref
            and support.started_on < scope.as_of
            and support.review_on <= scope.as_of
            and coalesce(support.ended_on, scope.as_of) >= scope.as_of
    inner join aim on support.aim_signal = aim.signal
    left join level as start
        on
            support.pupil_ref = start.pupil_ref
            and support.aim_signal = start.signal
            and support.started_on = start.as_of
    left join level as now
        on
            support.pupil_ref = now.pupil_ref
            and support.aim_signal = now.signal
            and scope.as_of = now.as_of
),

counted as (
    select
        pupil_ref,
        as_of,
        count(*) as due,
        count(change) as judged,
        sum(case when change < meaningful_change - 1e-9 then 1 else 0 end) as unchanged,
        min(started_on) as window_from
    from due
    group by pupil_ref, as_of
),

measured as (
    select
        scope.pupil_ref,
        scope.school_id,
        scope.as_of,
        counted.window_from,
        coalesce(counted.due, 0) as due,
        coalesce(counted.judged, 0) as judged,
        coalesce(counted.unchanged, 0) as unchanged
    from scope
    left join counted on scope.pupil_ref = counted.pupil_ref and scope.as_of = counted.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when due > 0 and judged = 0 then 'cannot_tell'
        when unchanged >= :min_unchanged then 'flag'
        else 'clear'
    end as outcome,
    case when due > 0 and judged = 0 then 'no_level_at_both' end as reason,
    unchanged as value,
    unchanged as level,
    unchanged as numerator,
    due as denominator,
    window_from,
    case when due > 0 then as_of end as window_to,
    null as days,
    judged as earlier_numerator,
    null as earlier_denominator
from measured
