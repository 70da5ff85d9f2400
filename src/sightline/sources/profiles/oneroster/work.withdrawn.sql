-- Results that are to be deleted, and all those of a line item that is.
select item_id || '~' || record_id as work_id
from raw_results
where not is_kept(status) and item_id is not null
union all
select record_id as work_id
from raw_lineitems
where not is_kept(status)
