-- Runs of marks of the pupil's present school that cannot be used; their totals are not in doubt.
select
    y._file,
    y._row,
    case when y.fault is null then 'AttendanceStartDate' else 'AttendanceMarks' end as _column,
    y.found as _value,
    case when y.fault = 'marks' then 'totals_differ' else 'unreadable_marks' end as _reason
from raw_years as y
inner join raw_pupils as p on y._file = p._file and y._row = p._row
inner join known_upn as f
    on is_same_pupil(p.upn, p.dob, f.upn, f.same_upn, f.date_of_birth)
where
    y.marks is not null
    and coalesce(y.fault, '') <> 'totals'
    and (y.fault is not null or try_cast(as_date(y.start_date) as date) is null)
    and school_number(y.la, y.estab) = regexp_replace(f.school_id, '[^0-9]', '', 'g')
