-- Every weekday from day 0 to the presentation's length.
with days as (
    select
        *,
        unnest(
            case
                when day_number(length) is null then [null]
                else generate_series(0, day_number(length))
            end
        ) as day
    from raw_courses
)

select
    code_module || '-' || code_presentation as school_id,
    coalesce(cast(first_day(code_presentation) + cast(day as integer) as varchar), length) as date,
    'open' as kind,
    _file,
    _row
from days
where
    first_day(code_presentation) is null
    or day is null
    or isodow(first_day(code_presentation) + cast(day as integer)) <= 5
