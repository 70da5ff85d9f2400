-- Weekdays on which somebody has a mark that a closed school does not give.
with marked as (
    select
        school_id,
        try_cast(date as date) as day,
        code,
        _file,
        _row
    from raw_marks
    union all
    select
        school_id,
        try_cast(left(start_at, 10) as date) as day,
        code,
        _file,
        _row
    from raw_lesson_marks
)

select
    school_id,
    day as date,
    'open' as kind,
    week_of_cycle(day, :week_a) as cycle_week,
    min(_file) as _file,
    min(_row) as _row,
    count(*) as _rows
from marked
where :calendar <> 'own' and isodow(day) <= 5 and not regexp_full_match(trim(code), '-*|#|Z')
group by school_id, day
