-- Every concern with its severity, and the hours of lessons attended of every day.
select
    scope.pupil_ref,
    scope.as_of,
    behaviour.date,
    behaviour.kind as what,
    behaviour.category || ', severity ' || behaviour.severity
    || coalesce(', period ' || behaviour.period, '')
    || coalesce(', ' || behaviour.location, '') as detail,
    behaviour.severity as counts,
    0 as "of",
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
union all
select
    scope.pupil_ref,
    scope.as_of,
    day.date,
    'lessons' as what,
    day.minutes || ' minutes of lessons attended' as detail,
    0 as counts,
    day.minutes / 60.0 as "of",
    'now' as part
from scope
inner join window_day as w on scope.school_id = w.school_id and scope.as_of = w.as_of
inner join lesson_day as day on scope.pupil_ref = day.pupil_ref and w.date = day.date
where w.back < :window_days
