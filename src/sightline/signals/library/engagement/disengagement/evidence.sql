-- Every lesson the pupil was removed from or truant in; there is nothing they are counted out of.
select
    scope.pupil_ref,
    scope.as_of,
    mark.date,
    mark.mark as what,
    'period ' || mark.period || coalesce(', ' || class.subject, '') as detail,
    1 as counts,
    null as "of",
    'now' as part
from scope
inner join enrolled on scope.pupil_ref = enrolled.pupil_ref
inner join window_day as w on scope.school_id = w.school_id and scope.as_of = w.as_of
inner join lesson_mark as mark
    on
        scope.pupil_ref = mark.pupil_ref
        and w.date = mark.date
        and enrolled.enrolled_on <= mark.date
left join class on mark.class_id = class.class_id
where w.back < :window_days and mark.mark in ('removed', 'truant')
