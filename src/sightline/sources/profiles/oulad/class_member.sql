select
    code_module || '-' || code_presentation as class_id,
    code_module || '-' || code_presentation || '-' || id_student as pupil_id,
    day_date(code_presentation, coalesce(nullif(from_day, '?'), '0')) as from_on,
    day_date(code_presentation, to_day) as to_on,
    _file,
    _row
from raw_registrations
