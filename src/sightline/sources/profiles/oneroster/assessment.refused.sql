-- Results of a line item, or of a class, that is not there: nothing says their subject or due date.
-- And what a server sent in place of a record.
with classes as (
    select distinct record_id from raw_classes
),

items as (
    select
        record_id,
        any_value(class_id) as class_id
    from raw_lineitems
    group by record_id
)

select
    r._file,
    r._row,
    case when i.record_id is null then 'lineItemSourcedId' else 'classSourcedId' end as _column,
    case
        when is_no_record(r.record_id) then r.record_id
        else coalesce(i.class_id, r.item_id, '')
    end as _value,
    case when is_no_record(r.record_id) then 'unreadable_record' else 'no_parent' end as _reason
from raw_results as r
left join items as i on r.item_id = i.record_id
left join classes as c on i.class_id = c.record_id
where
    r.item_id is null
    or (is_kept(r.status) and (i.record_id is null or c.record_id is null))
union all
select
    _file,
    _row,
    'sourcedId' as _column,
    record_id as _value,
    'unreadable_record' as _reason
from raw_lineitems
where is_no_record(record_id)
