select
    student_unique_id as pupil_id,
    as_date(event_date) as date,
    section_identifier as period
from raw_deleted_section_attendance_events
