-- The preferred name where there is one.
select
    coalesce(student_unique_id, student_id) as pupil_id,
    coalesce(forename, legal_forename) as given_name,
    coalesce(surname, legal_surname) as family_name,
    trim(upn) as upn,
    as_date(dob) as date_of_birth,
    _file,
    _row
from raw_students
