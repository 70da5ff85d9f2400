-- What was due of whom: every submission of an assessment with a due day, and for everyone else
-- registered on that day a missing one.
with due as (
    select
        *,
        day_number(due_day) as day,
        code_module || '-' || code_presentation as class_id
    from raw_assessments
    where nullif(due_day, '?') is not null
),

handed_in as (
    select
        due.id_assessment,
        due.class_id,
        due.class_id || '-' || s.id_student as pupil_id,
        case
            when s.is_banked = '1' then 'excused'
            when day_number(s.submitted_day) <= due.day then 'submitted'
            when day_number(s.submitted_day) > due.day then 'late'
        end as status,
        s._file,
        s._row
    from raw_submissions as s
    inner join due on s.id_assessment = due.id_assessment
),

missing as (
    select
        due.id_assessment,
        due.class_id,
        due.class_id || '-' || r.id_student as pupil_id,
        'missing' as status,
        r._file,
        r._row
    from raw_registrations as r
    inner join due
        on r.code_module = due.code_module and r.code_presentation = due.code_presentation
    where
        coalesce(day_number(r.from_day), 0) <= due.day
        and coalesce(day_number(r.to_day), due.day) >= due.day
        and not exists (
            select 1 from raw_submissions as s
            where s.id_assessment = due.id_assessment and s.id_student = r.id_student
        )
),

rows_of_work as (
    select * from handed_in
    union all
    select * from missing
)

select
    w.id_assessment as work_id,
    w.pupil_id,
    w.class_id,
    due.code_module as subject,
    day_date(due.code_presentation, due.due_day) as due_on,
    w.status,
    w._file,
    w._row
from rows_of_work as w
inner join due on w.id_assessment = due.id_assessment
