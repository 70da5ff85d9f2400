-- The course's title where it is known, else its code, names the subject.
with titles as (
    select
        school_id,
        local_course_code,
        max_by(local_course_title, school_year) as title
    from raw_course_offerings
    group by school_id, local_course_code
),

codes as (
    select
        school_id,
        section_identifier,
        max_by(local_course_code, school_year) as local_course_code
    from raw_sections
    group by school_id, section_identifier
),

periods as (
    select
        school_id,
        period_words(
            grading_period_descriptor, grading_period_name, period_sequence, school_year
        ) as period,
        max(end_date) as last_day
    from raw_grading_periods
    group by all
),

told as (
    select
        *,
        period_words(
            grading_period, grading_period_name, period_sequence, grading_period_year
        ) as period
    from raw_grades
)

select
    concat_ws(
        '~', g.school_id, g.student_unique_id, g.section_identifier, g.period, g.grade_type
    ) as result_id,
    g.student_unique_id as pupil_id,
    coalesce(t.title, g.local_course_code, c.local_course_code, g.section_identifier) as subject,
    concat_ws(', ', g.period, g.grade_type) as point,
    as_date(coalesce(g.end_date, p.last_day)) as date,
    'percent' as scale,
    g.numeric_grade as value,
    g._file,
    g._row
from told as g
left join codes as c
    on g.school_id = c.school_id and g.section_identifier = c.section_identifier
left join titles as t
    on
        g.school_id = t.school_id
        and coalesce(g.local_course_code, c.local_course_code) = t.local_course_code
left join periods as p on g.school_id = p.school_id and g.period = p.period
where
    (g.numeric_grade is not null or g.letter_grade is null)
    and lower(trim(coalesce(g.grade_type, ''))) <> 'conduct'
