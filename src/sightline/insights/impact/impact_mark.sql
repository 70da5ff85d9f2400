-- Sessions of the pupils asked about, by numbered day, as the signal has counted them.
select
    pupil.number,
    day.day_no,
    counted.attended,
    counted.possible
from attendance_day as counted
inner join impact_pupil as pupil on counted.pupil_ref = pupil.pupil_ref
inner join impact_day as day on counted.school_id = day.school_id and counted.date = day.date
