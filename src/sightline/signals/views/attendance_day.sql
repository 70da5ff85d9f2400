-- Marks of the pupils asked about, counted by day, on the school days that any window holds.
select
    mark.pupil_ref,
    enrolled.school_id,
    mark.date,
    sum(code.possible) as possible,
    sum(code.attended) as attended,
    sum(code.late) as late,
    sum(code.arrived) as arrived,
    max(case when mark.session = 'AM' then code.attended else 0 end) as attended_am,
    max(case when mark.session = 'PM' then code.attended else 0 end) as attended_pm
from attendance as mark
inner join enrolled on mark.pupil_ref = enrolled.pupil_ref and mark.date >= enrolled.enrolled_on
inner join (select distinct school_id, date from window_day) as day
    on enrolled.school_id = day.school_id and mark.date = day.date
inner join attendance_code as code on mark.code = code.code
where mark.date between :first_date and :last_date
group by mark.pupil_ref, enrolled.school_id, mark.date
