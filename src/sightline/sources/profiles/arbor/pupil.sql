-- The share says neither when a pupil joined nor when they left; see `about` in profile.yml.
with seen as (
    select
        coalesce(student_unique_id, student_id) as pupil_id,
        min(try_cast(as_date(date) as date)) as first_on,
        max(try_cast(as_date(date) as date)) as last_on
    from raw_marks
    group by coalesce(student_unique_id, student_id)
)

select
    coalesce(s.student_unique_id, s.student_id) as pupil_id,
    coalesce(s.application_id, :school_id) as school_id,
    least(try_cast(:academic_year as date), seen.first_on) as enrolled_on,
    case
        when as_flag(s.is_current) = 'false'
            then coalesce(seen.last_on, try_cast(:academic_year as date))
    end as left_on,
    as_year(s.year_group) as year_group,
    s.form as registration_group,
    as_sex(s.sex) as sex,
    as_sen(s.sen) as sen_status,
    as_flag(s.eal) as eal,
    as_flag(s.disadvantaged) as disadvantaged,
    s._file,
    s._row
from raw_students as s
left join seen on coalesce(s.student_unique_id, s.student_id) = seen.pupil_id
