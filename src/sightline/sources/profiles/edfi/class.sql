-- The subject is the title of the course in that session, else its code.
with titles as (
    select
        school_id,
        school_year,
        session_name,
        local_course_code,
        min(local_course_title) as title
    from raw_course_offerings
    group by school_id, school_year, session_name, local_course_code
)

select
    section_id(s.school_id, s.school_year, s.session_name, s.section_identifier) as class_id,
    s.school_id,
    coalesce(t.title, s.local_course_code, s.course_title) as subject,
    coalesce(s.course_title, s.section_identifier) as name,
    s._file,
    s._row
from raw_sections as s
left join titles as t
    on
        s.school_id = t.school_id
        and s.school_year = t.school_year
        and s.session_name = t.session_name
        and s.local_course_code = t.local_course_code
