select
    school_id,
    name,
    coalesce(phase_of(phase), nullif(:phase, '')) as phase,
    _file,
    _row
from raw_schools
