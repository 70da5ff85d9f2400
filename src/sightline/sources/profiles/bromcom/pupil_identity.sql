-- The preferred name where there is one. A pupil only in StudentFlatView has no name there.
select
    coalesce(s.student_id, f.student_id) as pupil_id,
    coalesce(s.forename, s.legal_forename, f.forename) as given_name,
    coalesce(s.surname, s.legal_surname, f.surname) as family_name,
    trim(coalesce(s.upn, f.upn)) as upn,
    as_date(coalesce(s.dob, f.dob)) as date_of_birth,
    coalesce(s._file, f._file) as _file,
    coalesce(s._row, f._row) as _row
from raw_students as s
full join raw_flat_students as f on s.student_id = f.student_id
where s._row is not null or f.surname is not null
