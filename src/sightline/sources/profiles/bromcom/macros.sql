-- A run of marks can be split when it has two characters for each day and a date to start from.
create or replace temp macro run_can_be_split(run, start_date) as
coalesce(
    length(run) % 2 = 0 and try_cast(as_date(start_date) as date) is not null,
    false
);

-- The date so many weekdays after a first one; from a weekend, counted from the Monday after.
create or replace temp macro weekday_after(first_on, weekdays) as
cast(date_trunc('week', first_on) as date)
+ cast((least(isodow(first_on) - 1, 5) + weekdays) // 5 * 7 as integer)
+ cast((least(isodow(first_on) - 1, 5) + weekdays) % 5 as integer);
