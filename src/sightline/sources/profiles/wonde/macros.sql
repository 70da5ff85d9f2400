-- The first of September on or before a date.
create or replace temp macro school_year_of(day) as
make_date(year(day) - case when month(day) < 9 then 1 else 0 end, 9, 1);

-- Week A or B of a timetable of two weeks: counted from the latest of the given Mondays.
create or replace temp macro week_of_cycle(day, mondays) as
case
    when trim(mondays) = '' then null
    when
        date_diff(
            'week',
            coalesce(
                list_max(
                    list_filter(
                        list_transform(
                            regexp_split_to_array(trim(mondays), '[ ,;]+'),
                            lambda one: try_cast(one as date)
                        ),
                        lambda one: one <= day
                    )
                ),
                list_min(
                    list_transform(
                        regexp_split_to_array(trim(mondays), '[ ,;]+'),
                        lambda one: try_cast(one as date)
                    )
                )
            ),
            day
        ) % 2 = 0
        then 'A'
    else 'B'
end;

-- Whether a code is in a setting that lists some.
create or replace temp macro is_listed(code, listed) as
list_contains(regexp_split_to_array(trim(listed), '[ ,;]+'), trim(code));

-- Severity 1 to 5 of some points, good or bad; none without points.
create or replace temp macro severity_of(points, step) as
case
    when abs(try_cast(points as double)) > 0
        then
            cast(
                cast(
                    least(
                        5,
                        ceil(
                            abs(try_cast(points as double))
                            / coalesce(nullif(try_cast(step as double), 0), 1)
                        )
                    ) as integer
                ) as varchar
            )
end;

-- Sexes as Wonde writes them.
create or replace temp macro sex_of(gender) as
case
    when lower(gender) like 'intersex%' then 'X'
    when lower(gender) like 'not stated%' or lower(gender) like 'redacted%' then 'U'
    else as_sex(gender)
end;

-- The dictionary's phase of a school.
create or replace temp macro phase_of(phase) as
case
    when phase is null then null
    when regexp_matches(phase, '(?i)^middle.*primary|^primary|^infant|^junior|^nursery|^first')
        then 'primary'
    when regexp_matches(phase, '(?i)^middle|^secondary|^upper|^high') then 'secondary'
    when regexp_matches(phase, '(?i)^all') then 'all_through'
    when regexp_matches(phase, '(?i)special|^pru$|referral|alternative') then 'special'
    when regexp_matches(phase, '(?i)^16|sixth|further|^fe$') then 'fe'
    else lower(phase)
end;
