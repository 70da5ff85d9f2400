-- For each date asked about, the school days counted back from it: back = 0 is the last one.
with asked as (
    select
        dates.school_id,
        dates.as_of,
        max(calendar.day_number) as day_number,
        max(calendar.stretch) as stretch
    from (select distinct school_id, as_of from scope) as dates
    inner join calendar
        on dates.school_id = calendar.school_id and calendar.date <= dates.as_of
    group by dates.school_id, dates.as_of
)

select
    asked.school_id,
    asked.as_of,
    calendar.date,
    asked.day_number - calendar.day_number as back
from asked
inner join calendar
    on
        asked.school_id = calendar.school_id
        and asked.stretch = calendar.stretch
        and calendar.day_number <= asked.day_number
where asked.day_number - calendar.day_number < :days_back
