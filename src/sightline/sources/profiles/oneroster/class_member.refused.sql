-- An enrolment that is to be deleted and does not say whose it was, and what was sent in place of
-- one.
select
    _file,
    _row,
    case when class_id is null then 'classSourcedId' else 'userSourcedId' end as _column,
    case when is_no_record(record_id) then record_id else 'to be deleted, and empty' end as _value,
    case when is_no_record(record_id) then 'unreadable_record' else 'no_parent' end as _reason
from raw_enrollments
where is_no_record(record_id) or (not is_kept(status) and (class_id is null or user_id is null))
