-- A period is its section: Ed-Fi need not say when in the day it meets. Without the school's word
-- that its registers tell who was removed or truant, nothing is stored: see `about`.
select
    student_unique_id as pupil_id,
    as_date(event_date) as date,
    section_identifier as period,
    case
        when school_year is not null and session_name is not null
            then section_id(school_id, school_year, session_name, section_identifier)
    end as class_id,
    case
        when regexp_matches(concat_ws(' ', category, reason), '(?i)truan|skip|cut class|class cut')
            then 'truant'
        when regexp_matches(concat_ws(' ', category, reason), '(?i)remov|in.school suspen|sent out')
            then 'removed'
        when lower(trim(category)) in ('excused absence', 'unexcused absence') then 'absent'
        when lower(trim(category)) = 'tardy' then 'late'
        when
            lower(trim(category)) in ('present', 'in attendance', 'early departure', 'partial')
            then 'present'
        else category
    end as mark,
    _file,
    _row
from raw_section_attendance_events
where :lesson_marks = 'yes'
