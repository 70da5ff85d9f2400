-- The school's open days, numbered. A gap of more than 28 days (the summer) starts a new stretch.
-- timetable_day is one number for weekday and cycle week (0 = none, 1 = A, 2 = B).
with opened as (
    select
        school_id,
        date,
        cycle_week,
        row_number() over (partition by school_id order by date) as day_number,
        lag(date) over (partition by school_id order by date) as day_before
    from school_day
    where kind = 'open' and school_id in (select school_id from scope)
)

select
    school_id,
    date,
    isodow(date) * 3
    + case cycle_week when 'A' then 1 when 'B' then 2 else 0 end as timetable_day,
    day_number,
    sum(case when date_diff('day', day_before, date) > 28 then 1 else 0 end)
        over (partition by school_id order by date) as stretch
from opened
