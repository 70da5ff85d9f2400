-- Names from their own columns, else from the one that holds both.
with everyone as (
    select * from raw_pupils
    union all
    select m.*
    from raw_marksheets as m
    left join (select distinct student_id from raw_pupils) as p on m.student_id = p.student_id
    where p.student_id is null
)

select
    trim(student_id) as pupil_id,
    coalesce(forename, forename_of(full_name)) as given_name,
    coalesce(surname, surname_of(full_name)) as family_name,
    trim(upn) as upn,
    as_date(dob) as date_of_birth,
    _file,
    _row
from everyone
