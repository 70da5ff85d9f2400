select
    application_id as school_id,
    name,
    case lower(trim(phase))
        when 'primary' then 'primary'
        when 'secondary' then 'secondary'
        when 'all-through' then 'all_through'
        when 'all through' then 'all_through'
        when 'special' then 'special'
        when '16 plus' then 'fe'
        else phase
    end as phase,
    _file,
    _row
from raw_schools
