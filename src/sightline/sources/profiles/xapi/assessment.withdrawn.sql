select id as result_id
from raw_voided
where verb = 'scored'
