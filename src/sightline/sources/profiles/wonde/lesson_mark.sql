select
    student as pupil_id,
    left(start_at, 10) as date,
    coalesce(period, substr(start_at, 12, 5)) as period,
    class as class_id,
    case
        when is_listed(code, :removed_codes) then 'removed'
        when is_listed(code, :truant_codes) then 'truant'
        when trim(code) in ('L', 'U') then 'late'
        when trim(code) in ('/', '\') then 'present'
        else 'absent'
    end as mark,
    as_moment(updated_at) as recorded_at,
    _file,
    _row
from raw_lesson_marks
