-- Runs that cannot be split into sessions.
select
    _file,
    _row,
    case
        when length(run) % 2 = 1 or run is null then 'attendanceMarks'
        else 'attendanceStartDate'
    end as _column,
    case
        when length(run) % 2 = 1 or run is null
            then coalesce(length(run), 0) || ' characters, an even number expected'
        else start_date
    end as _value,
    'unreadable_marks' as _reason
from raw_runs
where
    not run_can_be_split(run, start_date)
    and not exists (select 1 from raw_marks)
