-- Pupils of the connected schools only: a platform lists the students of a whole district.
select
    student_unique_id as pupil_id,
    first_name as given_name,
    last_surname as family_name,
    as_date(birth_date) as date_of_birth,
    _file,
    _row
from raw_students
where
    student_unique_id is null
    or not exists (select 1 from raw_enrolments)
    or student_unique_id in (select e.student_unique_id from raw_enrolments as e)
