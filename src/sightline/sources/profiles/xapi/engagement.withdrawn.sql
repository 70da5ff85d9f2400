-- Days of students of whose statements one was made void. The day came whole with it: a sum that is
-- still there is among the rows of this load.
select
    actor as pupil_id,
    left(coalesce(start, timestamp), 10) as date,
    engagement_kind(verb) as kind
from raw_voided
where actor is not null and engagement_kind(verb) is not null
