-- Who works there, and who left in the last year or so: what they recorded is still looked at.
select
    record_id as staff_id,
    school_id,
    concat_ws(' ', coalesce(title, forename), surname) as name,
    case when as_flag(current) = 'false' then as_date(ended_on) end as left_on,
    _file,
    _row
from raw_employees
where
    as_flag(current) is distinct from 'false'
    or date_diff('day', try_cast(ended_on as date), try_cast(asked_on as date)) < 400
