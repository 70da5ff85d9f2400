-- The open days of each school up to the last with data, numbered from 1. A gap of more than 28
-- days (the summer) starts a new stretch. `year` is the one in which the school year began.
with opened as (
    select
        school_id,
        date,
        lower(trim(coalesce(term, ''))) as term,
        row_number() over (partition by school_id order by date) as day_no,
        lag(date) over (partition by school_id order by date) as day_before
    from school_day
    where kind = 'open' and date <= :until
)

select
    school_id,
    date,
    term,
    cast(day_no as integer) as day_no,
    cast(
        sum(case when date_diff('day', day_before, date) > 28 then 1 else 0 end)
            over (partition by school_id order by date)
        as integer
    ) as stretch,
    cast(year(date) as integer) - case when month(date) < 8 then 1 else 0 end as year
from opened
