select
    student as pupil_id,
    as_date(date) as date,
    as_session(session) as session,
    as_mark(code) as code,
    minutes_late,
    as_moment(updated_at) as recorded_at,
    _file,
    _row
from raw_marks
