-- A date may have several events, and be in several calendars of a school: open in one is open.
select
    school_id,
    as_date(date) as date,
    case
        when bool_or(is_opening(event)) then 'open'
        when bool_or(lower(trim(event)) = 'teacher only day') then 'inset'
        when bool_or(lower(trim(event)) = 'holiday') then 'holiday'
        when bool_or(is_closing(event)) then 'closed'
        else min(event)
    end as kind,
    min(_file) as _file,
    arg_min(_row, (_file, _row)) as _row,
    count(*) as _rows
from raw_calendar
where school_id is not null and date is not null
group by school_id, as_date(date)
union all
select
    school_id,
    as_date(date) as date,
    event as kind,
    _file,
    _row,
    1 as _rows
from raw_calendar
where school_id is null or date is null
