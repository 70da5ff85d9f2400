-- Possible and absent sessions of the pupils asked about, by day.
select
    p.pupil_no,
    cast(date_diff('day', :first_day, mark.date) as integer) as day_no,
    cast(count(*) as smallint) as possible,
    cast(sum(1 - code.attended) as smallint) as absent
from whole_attendance as mark
inner join outcome_code as code on mark.code = code.code and code.possible = 1
inner join asked_pupil as p
    on mark.pupil_ref = p.pupil_ref
inner join whole_pupil as pupil
    on mark.pupil_ref = pupil.pupil_ref and mark.date >= pupil.enrolled_on
where mark.date between :first_day and :last_day
group by p.pupil_no, mark.date
