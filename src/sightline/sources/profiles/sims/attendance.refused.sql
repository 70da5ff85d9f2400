-- Runs for a week that cannot be split into sessions.
select
    _file,
    _row,
    heading as _column,
    length(cell) || ' characters, two for each day and at most ten expected' as _value,
    'unreadable_marks' as _reason
from raw_register
where is_week(heading) and cell is not null and not week_can_be_split(cell, heading)
