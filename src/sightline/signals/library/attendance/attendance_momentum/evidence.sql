-- Every mark of both windows: attended of possible. A mark that is neither counts 0 of 0.
select
    scope.pupil_ref,
    scope.as_of,
    mark.date,
    mark.session as what,
    coalesce(mark.code || ': ' || meaning.meaning, 'no mark') as detail,
    coalesce(code.attended, 0) as counts,
    coalesce(code.possible, 0) as "of",
    case when w.back < :window_days then 'now' else 'before' end as part
from scope
inner join enrolled on scope.pupil_ref = enrolled.pupil_ref
inner join window_day as w on scope.school_id = w.school_id and scope.as_of = w.as_of
inner join attendance as mark
    on
        scope.pupil_ref = mark.pupil_ref
        and w.date = mark.date
        and enrolled.enrolled_on <= mark.date
left join attendance_code as code on mark.code = code.code
left join mark_meaning as meaning on mark.code = meaning.code
where w.back < :window_days + :baseline_days
