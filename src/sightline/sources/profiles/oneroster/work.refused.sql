-- What a server sent in place of a category.
select
    _file,
    _row,
    'sourcedId' as _column,
    record_id as _value,
    'unreadable_record' as _reason
from raw_categories
where is_no_record(record_id)
