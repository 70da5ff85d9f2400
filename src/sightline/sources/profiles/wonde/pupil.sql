select
    student as pupil_id,
    school_id,
    coalesce(as_date(admission_date), nullif(:academic_year, '')) as enrolled_on,
    as_date(leaving_date) as left_on,
    as_year(coalesce(year, nc_year)) as year_group,
    registration as registration_group,
    sex_of(gender) as sex,
    as_sen(sen) as sen_status,
    as_flag(eal) as eal,
    as_flag(premium) as disadvantaged,
    _file,
    _row
from raw_students
