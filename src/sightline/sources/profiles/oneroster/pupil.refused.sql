-- Users of whom nothing says whether they are a pupil (a bundle of 1.2 without their role), and
-- what a server sent in place of a record.
select
    u._file,
    u._row,
    'role' as _column,
    case when is_no_record(u.record_id) then u.record_id else 'no role of this user' end as _value,
    case when is_no_record(u.record_id) then 'unreadable_record' else 'no_parent' end as _reason
from raw_users as u
where
    is_kept(u.status)
    and nullif(trim(u.role), '') is null
    and not exists (
        select 1 from raw_roles as r
        where r.user_id = u.record_id
    )
union all
select
    _file,
    _row,
    'sourcedId' as _column,
    record_id as _value,
    'unreadable_record' as _reason
from raw_demographics
where is_no_record(record_id)
union all
select
    _file,
    _row,
    'sourcedId' as _column,
    record_id as _value,
    'unreadable_record' as _reason
from raw_academicsessions
where is_no_record(record_id)
union all
select
    _file,
    _row,
    'sourcedId' as _column,
    record_id as _value,
    'unreadable_record' as _reason
from raw_roles
where is_no_record(record_id)
