-- The first day of a presentation: 2013J is 1 October 2013, 2013B is 1 February 2013.
create or replace temp macro first_day(code_presentation) as
case
    when regexp_full_match(code_presentation, '[0-9]{4}[BJ]')
        then
            make_date(
                cast(left(code_presentation, 4) as integer),
                case right(code_presentation, 1) when 'B' then 2 else 10 end,
                1
            )
end;

-- A day number as an integer; null when it is blank, `?` or no day number.
create or replace temp macro day_number(given) as
case when regexp_full_match(given, '-?[0-9]{1,4}') then cast(given as integer) end;

-- A day number as a date; one that cannot be read is handed on as it is.
create or replace temp macro day_date(code_presentation, given) as
coalesce(cast(first_day(code_presentation) + day_number(given) as varchar), nullif(given, '?'));

-- A band of the index of deprivation as a tenth: 0-10% is 1, the most deprived. The files write
-- one of the bands without its percent sign.
create or replace temp macro as_decile(given) as
case
    when given is null or given in ('', '?') then null
    when regexp_full_match(given, '[0-9]0?-[0-9]{2,3}%?')
        then cast(cast(split_part(given, '-', 1) as integer) // 10 + 1 as varchar)
    else given
end;
