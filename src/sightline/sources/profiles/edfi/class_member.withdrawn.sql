select
    section_id(school_id, school_year, session_name, section_identifier) as class_id,
    student_unique_id as pupil_id,
    as_date(begin_date) as from_on
from raw_deleted_section_students
