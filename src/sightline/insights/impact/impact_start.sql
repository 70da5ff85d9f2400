-- Each support of the aim, with the number of the last open day before it began.
select
    pupil.pupil_ref,
    pupil.school_id,
    support.name,
    support.started_on,
    max(day.day_no) as day_no
from support
inner join pupil on support.pupil_ref = pupil.pupil_ref
inner join impact_day as day
    on pupil.school_id = day.school_id and support.started_on > day.date
where support.aim_signal = :signal and support.started_on <= :until
group by pupil.pupil_ref, pupil.school_id, support.name, support.started_on
