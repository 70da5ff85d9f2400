select
    record_id as class_id,
    student as pupil_id,
    school_year_of(try_cast(asked_on as date)) as from_on,
    _file,
    _row
from raw_members
