-- Minutes of timetabled lessons that a pupil was in school for, by day.
select
    day.pupil_ref,
    day.school_id,
    day.date,
    sum(
        slot.minutes * case when slot.session = 'AM' then day.attended_am else day.attended_pm end
    ) as minutes
from attendance_day as day
inner join calendar on day.school_id = calendar.school_id and day.date = calendar.date
inner join lesson_slot as slot
    on
        day.pupil_ref = slot.pupil_ref
        and calendar.weekday = slot.weekday
        and coalesce(calendar.cycle_week, '-') = slot.cycle_week
        and day.date between slot.from_on and slot.to_on
where day.attended > 0
group by day.pupil_ref, day.school_id, day.date
