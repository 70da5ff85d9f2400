select
    student as pupil_id,
    forename as given_name,
    surname as family_name,
    upn,
    as_date(date_of_birth) as date_of_birth,
    _file,
    _row
from raw_students
