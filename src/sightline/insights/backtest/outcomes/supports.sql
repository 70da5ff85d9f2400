-- Supports of the pupils asked about, and what a meeting decided to act on.
select
    p.pupil_no,
    support.started_on as from_on,
    coalesce(support.ended_on, date '9999-12-31') as to_on,
    0 as is_decision
from whole_support as support
inner join asked_pupil as p on support.pupil_ref = p.pupil_ref
union all
select
    p.pupil_no,
    acted.decided_on as from_on,
    acted.decided_on as to_on,
    1 as is_decision
from acted
inner join asked_pupil as p on acted.pupil_ref = p.pupil_ref
order by 1, 2, 3
