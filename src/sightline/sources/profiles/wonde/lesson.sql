-- One row for each slot, from the latest lesson in it.
with dated as (
    select
        *,
        coalesce(period, substr(start_at, 12, 5)) as slot,
        coalesce(left(period_start, 5), substr(start_at, 12, 5)) as starts_at,
        coalesce(left(period_end, 5), substr(end_at, 12, 5)) as ends_at,
        week_of_cycle(try_cast(left(start_at, 10) as date), :week_a) as week,
        try_cast(left(start_at, 10) as date) as day
    from raw_lessons
)

select
    class as class_id,
    isodow(day) as weekday,
    week as cycle_week,
    slot as period,
    case when arg_max(starts_at, start_at) < '12:00' then 'AM' else 'PM' end as session,
    arg_max(starts_at, start_at) as starts_at,
    arg_max(ends_at, start_at) as ends_at,
    arg_max(employee, start_at) as staff_id,
    arg_max(room, start_at) as room,
    max(school_year_of(day)) as from_on,
    min(_file) as _file,
    coalesce(arg_max(_row, start_at), min(_row)) as _row,
    count(*) as _rows
from dated
where day is null or isodow(day) <= 5
group by class, isodow(day), week, slot
