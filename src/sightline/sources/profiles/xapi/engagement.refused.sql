-- Statements of a learning record store that are none.
select
    _file,
    _row,
    null as _column,
    '' as _value,
    'unreadable_record' as _reason
from raw_statements
where record_id is not null and id is null
