-- Every session of the year's open days for which the register has a row, with what it counts as.
select
    enrolled.pupil_ref,
    enrolled.pupil_no,
    day.no,
    day.date,
    day.monday,
    day.timetable_day,
    mark.session,
    code.letter,
    code.possible,
    code.attended,
    code.late,
    mark.minutes_late
from attendance as mark
inner join enrolled
    on mark.pupil_ref = enrolled.pupil_ref and mark.date >= enrolled.enrolled_on
inner join sheet_day as day on mark.date = day.date
inner join sheet_code as code on coalesce(mark.code, '-') = code.code
