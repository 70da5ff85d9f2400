-- The pupils of the file as they are known here: nothing about them is taken from it.
select
    f.pupil_id,
    f.school_id,
    f.enrolled_on,
    f.left_on,
    f.year_group,
    f.registration_group,
    f.sex,
    f.sen_status,
    f.eal,
    f.disadvantaged,
    f.prior_attainment,
    p._file,
    p._row
from raw_pupils as p
inner join known_upn as f
    on is_same_pupil(p.upn, p.dob, f.upn, f.same_upn, f.date_of_birth)
