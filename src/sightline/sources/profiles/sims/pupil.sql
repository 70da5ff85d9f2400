-- Pupil reports, and from marksheets the pupils who are in none.
with everyone as (
    select * from raw_pupils
    union all
    select m.*
    from raw_marksheets as m
    left join (select distinct student_id from raw_pupils) as p on m.student_id = p.student_id
    where p.student_id is null
)

select
    trim(student_id) as pupil_id,
    cast(:school_id as varchar) as school_id,
    coalesce(as_date(start_date), nullif(:academic_year, '')) as enrolled_on,
    as_date(end_date) as left_on,
    as_year(year_group) as year_group,
    form as registration_group,
    as_sex(sex) as sex,
    as_sen(sen) as sen_status,
    as_flag(eal) as eal,
    as_flag(disadvantaged) as disadvantaged,
    as_prior(prior) as prior_attainment,
    _file,
    _row
from everyone
