-- Marks of the pupils asked about, counted by day, on the school days that any window holds.
with marked as (
    select
        mark.pupil_ref,
        mark.date,
        cast(count(case when code.possible = 1 then 1 end) as tinyint) as possible,
        cast(count(case when code.attended = 1 then 1 end) as tinyint) as attended,
        cast(count(case when code.late = 1 then 1 end) as tinyint) as late,
        cast(count(case when code.arrived = 1 then 1 end) as tinyint) as arrived,
        cast(max(case when mark.session = 'AM' then code.attended else 0 end) as tinyint)
            as attended_am,
        cast(max(case when mark.session = 'PM' then code.attended else 0 end) as tinyint)
            as attended_pm
    from attendance as mark
    inner join attendance_code as code on mark.code = code.code
    where
        mark.date between :first_date and :last_date
        and mark.pupil_ref in (select pupil_ref from enrolled)
    group by mark.pupil_ref, mark.date
)

select
    marked.pupil_ref,
    enrolled.school_id,
    enrolled.pupil_no * 32 + day.timetable_day as slot_no,
    marked.date,
    marked.possible,
    marked.attended,
    marked.late,
    marked.arrived,
    marked.attended_am,
    marked.attended_pm
from marked
inner join enrolled
    on marked.pupil_ref = enrolled.pupil_ref and marked.date >= enrolled.enrolled_on
inner join calendar as day
    on enrolled.school_id = day.school_id and marked.date = day.date
where exists (
    select 1 from window_day
    where window_day.school_id = day.school_id and window_day.date = day.date
)
