-- Every session the pupil came to in both windows: late of arrived.
select
    scope.pupil_ref,
    scope.as_of,
    mark.date,
    mark.session as what,
    mark.code || ': ' || meaning.meaning
    || coalesce(', ' || mark.minutes_late || ' minutes', '') as detail,
    code.late as counts,
    code.arrived as "of",
    case when w.back < :window_days then 'now' else 'before' end as part
from scope
inner join enrolled on scope.pupil_ref = enrolled.pupil_ref
inner join window_day as w on scope.school_id = w.school_id and scope.as_of = w.as_of
inner join attendance as mark
    on
        scope.pupil_ref = mark.pupil_ref
        and w.date = mark.date
        and enrolled.enrolled_on <= mark.date
inner join attendance_code as code on mark.code = code.code
inner join mark_meaning as meaning on mark.code = meaning.code
where w.back < :window_days + :baseline_days and code.arrived = 1
