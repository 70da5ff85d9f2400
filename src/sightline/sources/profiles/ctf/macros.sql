-- Whether a pupil of the file is one who is known here: the only one with that UPN, and born on the
-- same day if both say.
create or replace temp macro is_same_pupil(upn, dob, known_upn, same_upn, known_dob) as
upper(trim(upn)) = known_upn
and same_upn = 1
and coalesce(as_date(dob) = cast(known_dob as varchar), true);

-- The date so many weekdays after a first one; from a weekend, counted from the Monday after.
create or replace temp macro nth_weekday(first_on, weekdays) as
cast(date_trunc('week', first_on) as date)
+ cast((least(isodow(first_on) - 1, 5) + weekdays) // 5 * 7 as integer)
+ cast((least(isodow(first_on) - 1, 5) + weekdays) % 5 as integer);

-- 2024/25 of 2024, the year in which a school year begins.
create or replace temp macro school_year(given) as
case
    when regexp_full_match(given, '[0-9]{4}')
        then given || '/' || right(cast(cast(given as integer) + 1 as varchar), 2)
    else coalesce(given, 'Year not given')
end;

-- A school's LA and establishment number as seven digits.
create or replace temp macro school_number(la, estab) as
regexp_replace(coalesce(la, '') || coalesce(estab, ''), '[^0-9]', '', 'g');
