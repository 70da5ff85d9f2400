-- One school for each presentation of a module.
select
    code_module || '-' || code_presentation as school_id,
    code_module || ' ' || code_presentation as name,
    'he' as phase,
    _file,
    _row
from raw_courses
