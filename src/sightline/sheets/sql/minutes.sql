-- Minutes of timetabled lessons that each pupil was in school for, on every open day so far.
with day as (
    select
        pupil_ref,
        pupil_no,
        date,
        timetable_day,
        max(case when session = 'AM' then attended else 0 end) as attended_am,
        max(case when session = 'PM' then attended else 0 end) as attended_pm
    from sheet_session
    where attended = 1
    group by pupil_ref, pupil_no, date, timetable_day
)

select
    day.pupil_ref,
    day.date,
    cast(
        sum(slot.minutes_am * day.attended_am + slot.minutes_pm * day.attended_pm) as integer
    ) as minutes
from day
inner join lesson_slot as slot
    on
        day.pupil_no * 32 + day.timetable_day = slot.slot_no
        and day.date between slot.from_on and slot.to_on
group by day.pupil_ref, day.date
order by day.pupil_ref, day.date
