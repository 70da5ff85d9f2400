-- Every concern of the last days; there is nothing they are counted out of.
select
    scope.pupil_ref,
    scope.as_of,
    behaviour.date,
    behaviour.kind as what,
    behaviour.category || ', severity ' || behaviour.severity
    || coalesce(', period ' || behaviour.period, '')
    || coalesce(', ' || behaviour.location, '') as detail,
    1 as counts,
    null as "of",
    'now' as part
from scope
inner join enrolled on scope.pupil_ref = enrolled.pupil_ref
inner join window_day as w on scope.school_id = w.school_id and scope.as_of = w.as_of
inner join behaviour
    on
        scope.pupil_ref = behaviour.pupil_ref
        and w.date = behaviour.date
        and enrolled.enrolled_on <= behaviour.date
where w.back < :window_days and behaviour.kind = 'concern'
