-- Every due support, dated by its start: 1 where the level has not moved by a meaningful change.
-- One without a level at both dates counts 0 of 1: nothing can be said of it.
with due as (
    select
        scope.pupil_ref,
        scope.as_of,
        support.started_on,
        support.name,
        support.aim_signal,
        aim.meaningful_change,
        start.level as level_then,
        now.level as level_now,
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
)

select
    pupil_ref,
    as_of,
    started_on as date,
    name as what,
    aim_signal || ': '
    || coalesce(
        printf(
            '%.2f at the start, %.2f now, better by %.2f; %g is a meaningful change',
            level_then, level_now, change, meaningful_change
        ),
        case when level_then is null then 'no level at the start' else 'no level now' end
    ) as detail,
    case when change < meaningful_change - 1e-9 then 1 else 0 end as counts,
    1 as "of",
    'now' as part
from due
