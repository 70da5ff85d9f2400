-- Years whose totals contradict each other are told to nobody.
select
    y._file,
    y._row,
    'SessionsPossible' as _column,
    y.found as _value,
    'totals_differ' as _reason
from raw_years as y
inner join raw_pupils as p on y._file = p._file and y._row = p._row
inner join known_upn as f
    on is_same_pupil(p.upn, p.dob, f.upn, f.same_upn, f.date_of_birth)
where y.fault = 'totals'
