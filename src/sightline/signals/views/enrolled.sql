-- The pupils asked about. Rows dated before a pupil's own enrolment are ignored everywhere.
select
    pupil_ref,
    school_id,
    enrolled_on
from pupil
where pupil_ref in (select pupil_ref from scope)
