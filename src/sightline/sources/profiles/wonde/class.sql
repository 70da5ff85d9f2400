-- A class without a subject (a tutor group, an assembly) is called by its name.
select
    record_id as class_id,
    school_id,
    coalesce(subject, name) as subject,
    name,
    _file,
    _row
from raw_classes
