-- One row for each mark. MARK_CODE is the national code; RAW_MARK, what was typed, is not used
-- when both are there.
select
    coalesce(student_unique_id, student_id) as pupil_id,
    as_date(date) as date,
    as_session(period) as session,
    as_mark(mark) as code,
    minutes_late,
    _file,
    _row
from raw_marks
