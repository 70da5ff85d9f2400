-- What the signal found of each pupil, by numbered day.
select
    pupil.number,
    day.day_no,
    result.outcome = 'flag' as flagged,
    result.value,
    result.level
from result
inner join impact_pupil as pupil on result.pupil_ref = pupil.pupil_ref
inner join impact_day as day on pupil.school_id = day.school_id and result.as_of = day.date
where result.signal = :signal and result.outcome <> 'cannot_tell'
