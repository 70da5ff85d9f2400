-- The entities do not name the school: the site's settings do. The row stands for the first file.
select
    cast(:school_id as varchar) as school_id,
    cast(:school_name as varchar) as name,
    cast(:phase as varchar) as phase,
    min(_file) as _file,
    1 as _row
from (
    select _file from raw_students
    union all
    select _file from raw_flat_students
) as files_read
having count(*) > 0
