-- Attendance at other schools as one note for each pupil and file: totals for people to read, which
-- no rate is worked out from.
with years as (
    select
        f.pupil_ref,
        f.pupil_id,
        y._file,
        y._row,
        school_year(y.year)
        || ', ' || coalesce(left(y.school_name, 80), 'a school without a name')
        || coalesce(' (' || nullif(concat_ws(' ', y.la, y.estab), '') || ')', '')
        || ': ' || y.attended || ' of ' || y.possible || ' possible sessions attended, '
        || y.authorised || ' authorised and ' || y.unauthorised || ' unauthorised absences' as told
    from raw_years as y
    inner join raw_pupils as p on y._file = p._file and y._row = p._row
    inner join known_upn as f
        on is_same_pupil(p.upn, p.dob, f.upn, f.same_upn, f.date_of_birth)
    where
        coalesce(y.fault, '') <> 'totals'
        and school_number(y.la, y.estab) <> regexp_replace(f.school_id, '[^0-9]', '', 'g')
),

told_of as (
    select
        pupil_ref,
        pupil_id,
        _file,
        _row,
        string_agg(told, '; ' order by told) as years
    from years
    group by pupil_ref, pupil_id, _file, _row
)

select
    'ctf~' || t.pupil_ref || '~' || coalesce(left(h.sent_at, 10), '') as note_id,
    t.pupil_id,
    left(h.sent_at, 10) as date,
    'attendance at another school' as category,
    'From a Common Transfer File. ' || t.years || '.' as text,
    'false' as restricted,
    t._file,
    t._row
from told_of as t
left join raw_headers as h on t._file = h._file
