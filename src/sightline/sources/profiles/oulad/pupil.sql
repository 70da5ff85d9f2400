-- One pupil for each registration. A student known only from studentInfo.csv is handed on without
-- a date of registration, which the contract refuses. A registration without a date counts from
-- the first day of the presentation (one of the 2,150 in two presentations; it has no activity).
select
    coalesce(r.code_module, s.code_module)
    || '-' || coalesce(r.code_presentation, s.code_presentation)
    || '-' || coalesce(r.id_student, s.id_student) as pupil_id,
    coalesce(r.code_module, s.code_module)
    || '-' || coalesce(r.code_presentation, s.code_presentation) as school_id,
    case
        when r._row is not null
            then day_date(r.code_presentation, coalesce(nullif(r.from_day, '?'), '0'))
    end as enrolled_on,
    day_date(r.code_presentation, r.to_day) as left_on,
    as_sex(s.gender) as sex,
    as_flag(s.disability) as disabled,
    as_decile(s.imd_band) as deprivation_decile,
    nullif(s.age_band, '?') as age_band,
    lower(s.final_result) as final_result,
    coalesce(r._file, s._file) as _file,
    coalesce(r._row, s._row) as _row
from raw_registrations as r
full join raw_students as s
    on
        r.code_module = s.code_module
        and r.code_presentation = s.code_presentation
        and r.id_student = s.id_student
