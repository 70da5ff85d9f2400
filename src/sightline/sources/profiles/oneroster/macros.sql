-- Whether a record is still there, as its status says.
create or replace temp macro is_kept(status) as
lower(coalesce(trim(status), '')) <> 'tobedeleted';

-- Of several versions of a record the latest is meant: a page drifted, a delta lies over a bulk
-- file. Versions without a date are the earliest; equals stay, so that a contradiction is noticed.
create or replace temp macro age(modified) as coalesce(trim(modified), '');

-- The first of a list in one cell.
create or replace temp macro first_of(given) as
nullif(trim(split_part(coalesce(given, ''), ',', 1)), '');

-- A grade as a national curriculum year. Early years, adults and several grades have none.
create or replace temp macro as_grade(given) as
case
    when given like '%,%' then null
    when upper(trim(given)) = 'KG' then '0'
    when upper(trim(given)) in ('IT', 'PR', 'PK', 'TK', 'PS', 'UG', 'OTHER') then null
    else as_year(given)
end;

-- `unspecified` is the standard's word for not known.
create or replace temp macro as_one_sex(given) as
case when lower(trim(given)) = 'unspecified' then 'U' else as_sex(given) end;

-- The UPN among a user's identifiers, {UPN:...,Other:...}; a connector hands on the UPN alone.
create or replace temp macro as_upn(given) as
case
    when trim(given) like '{%'
        then nullif(trim(regexp_extract(given, '(?i)[{,] *upn *: *([^},]*)', 1)), '')
    when regexp_full_match(trim(given), '(?i)[a-z][0-9]{11}[0-9a-z]') then upper(trim(given))
end;

-- Whether an org is a school that is still there.
create or replace temp macro is_school(type, status) as
is_kept(status) and lower(trim(coalesce(type, 'school'))) = 'school';

-- Our id of a school: as a connection maps it, else the site's own where there is one school only.
create or replace temp macro our_id(mapped, schools, given, org_id) as
coalesce(mapped, case when schools = 1 then nullif(given, '') end, org_id);

-- A date of the standard; its time, where there is one, is left out.
create or replace temp macro as_day(given) as nullif(as_date(given), '');

-- The stand-in for a record of a server that was none.
create or replace temp macro is_no_record(record_id) as
coalesce(regexp_matches(record_id, ', record [0-9]+$'), true);
