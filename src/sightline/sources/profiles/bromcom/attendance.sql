-- One row for each mark; the runs are used when there is nothing better. See `about` in
-- profile.yml for what is assumed of a run.
with sessions as (
    select
        student_id,
        cast(as_date(start_date) as date) as first_on,
        run,
        unnest(generate_series(1, length(run))) as place,
        _file,
        _row
    from raw_runs
    where
        run_can_be_split(run, start_date)
        and not exists (select 1 from raw_marks)
)

select
    student_id as pupil_id,
    as_date(date) as date,
    as_session(session) as session,
    as_mark(mark) as code,
    minutes_late,
    as_moment(recorded_at) as recorded_at,
    _file,
    _row
from raw_marks
union all
select
    student_id as pupil_id,
    cast(weekday_after(first_on, (place - 1) // 2) as varchar) as date,
    case when place % 2 = 1 then 'AM' else 'PM' end as session,
    as_mark(substr(run, place, 1)) as code,
    null as minutes_late,
    null as recorded_at,
    _file,
    _row
from sessions
where substr(run, place, 1) <> ' '
