-- Whose enrolment was taken back and who has no other.
select student_unique_id as pupil_id
from raw_deleted_enrolments
where exists (select 1 from raw_enrolments)
