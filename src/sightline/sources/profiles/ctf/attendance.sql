-- Marks of the pupil's present school, on days on roll, where none is held yet. Blanks and dashes
-- are no mark, and # is no session: they give no row.
with runs as (
    select
        f.pupil_id,
        f.enrolled_on,
        f.left_on,
        y.marks,
        try_cast(as_date(y.start_date) as date) as first_on,
        y._file,
        y._row
    from raw_years as y
    inner join raw_pupils as p on y._file = p._file and y._row = p._row
    inner join known_upn as f
        on is_same_pupil(p.upn, p.dob, f.upn, f.same_upn, f.date_of_birth)
    where
        y.fault is null
        and school_number(y.la, y.estab) = regexp_replace(f.school_id, '[^0-9]', '', 'g')
),

marks as (
    select
        *,
        unnest(generate_series(1, length(marks))) as place
    from runs
    where first_on is not null
),

placed as (
    select
        pupil_id,
        nth_weekday(first_on, (place - 1) // 2) as date,
        case when place % 2 = 1 then 'AM' else 'PM' end as session,
        substr(marks, place, 1) as code,
        enrolled_on,
        left_on,
        _file,
        _row
    from marks
)

select
    p.pupil_id,
    cast(p.date as varchar) as date,
    p.session,
    p.code,
    p._file,
    p._row
from placed as p
where
    p.code not in (' ', '-', '#')
    and p.date >= p.enrolled_on
    and (p.left_on is null or p.date <= p.left_on)
    and not exists (
        select 1 from known_mark as k
        where k.pupil_id = p.pupil_id and k.date = p.date and k.session = p.session
    )
