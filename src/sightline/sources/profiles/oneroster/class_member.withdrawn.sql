-- Enrolments that are to be deleted, or whose class is.
select
    e.class_id,
    e.user_id as pupil_id
from raw_enrollments as e
left join raw_classes as c on e.class_id = c.record_id
where
    e.class_id is not null
    and e.user_id is not null
    and not (is_kept(e.status) and is_kept(c.status))
