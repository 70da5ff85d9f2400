-- Stretches of open days without any record of attendance: nothing was assumed of them.
select
    arg_min(c._file, c._row) as _file,
    min(c._row) as _row,
    'date' as _column,
    min(d.day) || ' to ' || max(d.day) || ', ' || any_value(d.length) || ' open days' as _value,
    'attendance_silent' as _reason
from
    attendance_days('raw_calendar', 'raw_attendance_events', 'raw_asked_days', :settle_days) as d
inner join raw_calendar as c
    on d.school_id = c.school_id and d.day = try_cast(as_date(c.date) as date)
where d.state = 'silent'
group by d.school_id, d.stretch
