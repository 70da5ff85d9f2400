-- The days asked about: every so many open days for all on roll, so that everybody is looked at
-- alike; and the last day, so that every day is in some window of the signal.
select
    pupil.pupil_ref,
    pupil.school_id,
    day.date as as_of
from pupil
inner join impact_day as day on pupil.school_id = day.school_id
where
    (
        mod(day.day_no, :step) = 0
        or (day.school_id, day.day_no) in (
            select
                school_id,
                max(day_no) as last_no
            from impact_day
            group by school_id
        )
    )
    and pupil.enrolled_on <= day.date
    and (pupil.left_on is null or pupil.left_on >= day.date)
