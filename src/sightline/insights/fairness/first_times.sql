-- When each pupil was first asked about, first told and first flagged, signal by signal.
select
    result.school_id,
    result.pupil_ref,
    result.signal,
    min(result.as_of) as here_from,
    max(result.as_of) as here_to,
    min(case when result.outcome <> 'cannot_tell' then result.as_of end) as told_on,
    min(case when result.outcome = 'flag' then result.as_of end) as flagged_on
from result
group by result.school_id, result.pupil_ref, result.signal
order by result.school_id, result.pupil_ref, result.signal
