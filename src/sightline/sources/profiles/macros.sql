-- Functions for the SQL of every profile. Each gives the dictionary's own text; what it cannot
-- read it hands on as it is, so that the contract refuses it and names the value.

-- A date as YYYY-MM-DD: year first, or day first with slashes, dashes or dots, or a spreadsheet's
-- day number. A time after the date is left out.
create or replace temp macro as_date(given) as
coalesce(
    case
        when regexp_full_match(trim(given), '[0-9]{5}')
            then cast(date '1899-12-30' + cast(trim(given) as integer) as varchar)
        when regexp_full_match(trim(given), '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?')
            then left(trim(given), 10)
        when regexp_full_match(trim(given), '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}( .*)?')
            then
                strftime(
                    try_strptime(
                        replace(replace(split_part(trim(given), ' ', 1), '-', '/'), '.', '/'),
                        '%d/%m/%Y'
                    ),
                    '%Y-%m-%d'
                )
    end,
    given
);

-- A date with an optional time as ISO 8601; the date may be day first.
create or replace temp macro as_moment(given) as
case
    when regexp_full_match(trim(given), '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4} [0-9]{2}:.*')
        then as_date(given) || 'T' || split_part(trim(given), ' ', 2)
    when regexp_full_match(trim(given), '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}')
        then as_date(given)
    else trim(given)
end;

-- true or false; a dash is not known.
create or replace temp macro as_flag(given) as
case
    when trim(given) in ('', '-') then null
    when lower(trim(given)) in ('y', 'yes', 'true', 't', '1', '1.0') then 'true'
    when lower(trim(given)) in ('n', 'no', 'false', 'f', '0', '0.0') then 'false'
    else given
end;

-- F, M, X or U.
create or replace temp macro as_sex(given) as
case lower(trim(given))
    when 'female' then 'F'
    when 'girl' then 'F'
    when 'male' then 'M'
    when 'boy' then 'M'
    when 'other' then 'X'
    when 'unknown' then 'U'
    when 'not specified' then 'U'
    else upper(trim(given))
end;

-- N, K or E. Codes from before 2014 and a code with its description are understood.
create or replace temp macro as_sen(given) as
case
    when trim(given) in ('', '-') then null
    when upper(trim(given)) in ('K', 'A', 'P') then 'K'
    when upper(trim(given)) in ('E', 'S') then 'E'
    when upper(trim(given)) = 'N' then 'N'
    when regexp_full_match(trim(given), '[NKE] *[-:] .*') then left(trim(given), 1)
    when lower(given) like '%support%' then 'K'
    when lower(given) like '%ehc%' or lower(given) like '%health%' then 'E'
    when lower(given) like 'no %' or lower(given) in ('no', 'none') then 'N'
    else given
end;

-- A school year as a number: 10, Year 10, Yr 10, Y10, R, Reception. Nursery and mixed classes have
-- no year in the dictionary.
create or replace temp macro as_year(given) as
case
    when regexp_full_match(trim(given), '(?i)(year|yr|y)?\.? *[0-9]{1,2}(\.0)?')
        then cast(cast(regexp_extract(given, '([0-9]{1,2})', 1) as integer) as varchar)
    when lower(trim(given)) in ('r', 'reception', 'year r', 'yr r', 'yrr') then '0'
    when lower(trim(given)) in ('n', 'n1', 'n2', 'e1', 'e2', 'm', 'x', 'nursery') then null
    else given
end;

-- low, middle or high.
create or replace temp macro as_prior(given) as
case lower(trim(given))
    when 'lpa' then 'low'
    when 'l' then 'low'
    when 'mpa' then 'middle'
    when 'm' then 'middle'
    when 'medium' then 'middle'
    when 'hpa' then 'high'
    when 'h' then 'high'
    else lower(trim(given))
end;

-- The two parts of a name in one cell, "Surname, Forename" or "Surname Forename". Without a comma
-- the last word is the forename: a surname of two words is commoner than such a forename.
create or replace temp macro surname_of(given) as
trim(
    case
        when given like '%,%' then split_part(given, ',', 1)
        else regexp_extract(trim(given), '^(.*?)( +[^ ]+)?$', 1)
    end
);

create or replace temp macro forename_of(given) as
trim(
    case
        when given like '%,%' then substr(given, strpos(given, ',') + 1)
        else regexp_extract(trim(given), '^.*? +([^ ]+)$', 1)
    end
);

-- AM or PM, also within a longer name such as "Tue PM".
create or replace temp macro as_session(given) as
case
    when upper(trim(given)) = 'A' then 'AM'
    when upper(trim(given)) = 'P' then 'PM'
    when regexp_matches(given, '(?i)(^|[^a-z])(am|morning)([^a-z]|$)') then 'AM'
    when regexp_matches(given, '(?i)(^|[^a-z])(pm|afternoon)([^a-z]|$)') then 'PM'
    else given
end;

-- A mark without surrounding blanks; a dash of any length is "no mark".
create or replace temp macro as_mark(given) as
case when regexp_full_match(trim(given), '-*') then null else trim(given) end;
