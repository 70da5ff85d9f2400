select
    school_id,
    name_of_institution as name,
    cast(:phase as varchar) as phase,
    _file,
    _row
from raw_schools
