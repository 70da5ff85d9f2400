-- Students and StudentFlatView complete each other: Students has the dates, StudentFlatView the
-- characteristics.
select
    coalesce(s.student_id, f.student_id) as pupil_id,
    cast(:school_id as varchar) as school_id,
    coalesce(
        as_date(coalesce(s.start_date, f.start_date)),
        nullif(:academic_year, '')
    ) as enrolled_on,
    as_date(coalesce(s.end_date, f.end_date)) as left_on,
    as_year(coalesce(s.year_group, f.year_group)) as year_group,
    coalesce(s.form, f.form) as registration_group,
    as_sex(coalesce(s.sex, f.sex)) as sex,
    as_sen(coalesce(s.sen, f.sen)) as sen_status,
    coalesce(
        as_flag(coalesce(s.eal, f.eal)),
        case
            when upper(f.language) in ('ENG', 'ENB', 'ENGLISH') then 'false'
            when upper(f.language) not in ('NOT', 'REF', 'ZZZ') then 'true'
        end
    ) as eal,
    as_flag(coalesce(s.disadvantaged, f.disadvantaged)) as disadvantaged,
    coalesce(s._file, f._file) as _file,
    coalesce(s._row, f._row) as _row
from raw_students as s
full join raw_flat_students as f on s.student_id = f.student_id
