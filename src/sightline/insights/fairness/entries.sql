-- Who wrote an entry of concern about whom in the period; entries nobody signed are left out.
select distinct
    behaviour.pupil_ref,
    behaviour.school_id,
    behaviour.staff_id
from behaviour
inner join (select distinct first_time.pupil_ref from first_time) as asked
    on behaviour.pupil_ref = asked.pupil_ref
where
    behaviour.kind = 'concern'
    and behaviour.staff_id is not null
    and behaviour.date between :since and :until
order by behaviour.pupil_ref, behaviour.school_id, behaviour.staff_id
