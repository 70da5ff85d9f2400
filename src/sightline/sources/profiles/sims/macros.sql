-- The date in a heading of a register, as YYYY-MM-DD.
create or replace temp macro heading_date(heading) as
as_date(
    regexp_extract(
        heading, '([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4})', 1
    )
);

-- A heading that names a week rather than a session.
create or replace temp macro is_week(heading) as
regexp_matches(heading, '(?i)^(w/?c|week )');

-- A week's run has at most ten characters, two for each day, and starts on a date.
create or replace temp macro week_can_be_split(run, heading) as
length(run) % 2 = 0
and length(run) <= 10
and try_cast(heading_date(heading) as date) is not null;
