-- Spells of suspension (code E): days marked E with no other marked day of the pupil between them.
with suspended as (
    select distinct mark.pupil_ref
    from whole_attendance as mark
    inner join asked_pupil as p on mark.pupil_ref = p.pupil_ref
    where mark.code = 'E'
),

day as (
    select
        mark.pupil_ref,
        mark.date,
        max(case when mark.code = 'E' then 1 else 0 end) as is_out
    from whole_attendance as mark
    inner join suspended on mark.pupil_ref = suspended.pupil_ref
    inner join outcome_code as code on mark.code = code.code
    inner join whole_pupil as pupil
        on mark.pupil_ref = pupil.pupil_ref and mark.date >= pupil.enrolled_on
    group by mark.pupil_ref, mark.date
),

numbered as (
    select
        *,
        row_number() over (partition by pupil_ref order by date)
        - row_number() over (partition by pupil_ref, is_out order by date) as spell
    from day
)

select
    p.pupil_no,
    min(numbered.date) as from_on,
    max(numbered.date) as to_on
from numbered
inner join asked_pupil as p on numbered.pupil_ref = p.pupil_ref
where numbered.is_out = 1
group by p.pupil_no, numbered.spell
order by p.pupil_no, from_on
