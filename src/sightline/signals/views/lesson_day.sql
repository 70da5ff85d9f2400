-- Minutes of timetabled lessons that a pupil was in school for, by day.
select
    attended.pupil_ref,
    attended.school_id,
    attended.date,
    cast(
        sum(slot.minutes_am * attended.attended_am + slot.minutes_pm * attended.attended_pm)
        as integer
    ) as minutes
from attendance_day as attended
inner join lesson_slot as slot
    on
        attended.slot_no = slot.slot_no
        and attended.date between slot.from_on and slot.to_on
where
    attended.attended > 0
    and exists (
        select 1 from window_day
        where
            window_day.school_id = attended.school_id
            and window_day.date = attended.date
            and window_day.back < :lesson_days
    )
group by attended.pupil_ref, attended.school_id, attended.date
