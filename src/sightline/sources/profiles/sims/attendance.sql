-- Registers with a column for each session or a run for each week, and reports with a row for each
-- mark. An empty cell of a register is no mark and gives no row.
with weeks as (
    select
        student_id,
        cast(heading_date(heading) as date) as first_on,
        cell as run,
        unnest(generate_series(1, length(cell))) as place,
        _file,
        _row
    from raw_register
    where is_week(heading) and week_can_be_split(cell, heading)
)

select
    trim(student_id) as pupil_id,
    heading_date(heading) as date,
    as_session(heading) as session,
    as_mark(cell) as code,
    null as minutes_late,
    _file,
    _row
from raw_register
where not is_week(heading) and trim(cell) <> ''
union all
select
    trim(student_id) as pupil_id,
    cast(first_on + cast((place - 1) // 2 as integer) as varchar) as date,
    case when place % 2 = 1 then 'AM' else 'PM' end as session,
    as_mark(substr(run, place, 1)) as code,
    null as minutes_late,
    _file,
    _row
from weeks
where substr(run, place, 1) <> ' '
union all
select
    trim(student_id) as pupil_id,
    as_date(date) as date,
    as_session(session) as session,
    as_mark(mark) as code,
    minutes_late,
    _file,
    _row
from raw_marks
