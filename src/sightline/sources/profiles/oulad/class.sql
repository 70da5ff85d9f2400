-- A presentation is its own only class: everyone registered for it is compared with the others.
select
    code_module || '-' || code_presentation as class_id,
    code_module || '-' || code_presentation as school_id,
    code_module as subject,
    code_module || ' ' || code_presentation as name,
    _file,
    _row
from raw_courses
