-- Until when each pupil can be followed: the last day on roll, and the last day the school has
-- records of. `last_open` is the last day of the school's calendar.
with recorded as (
    select
        school_id,
        max(date) as day
    from (
        select school_id, date from whole_attendance
        union all
        select school_id, date from whole_assessment
        union all
        select school_id, date from whole_engagement
    ) as rows_of_days
    group by school_id
),

opened as (
    select
        school_id,
        max(date) as day
    from whole_school_day
    where kind = 'open'
    group by school_id
)

select
    p.pupil_no,
    pupil.left_on,
    pupil.final_result,
    recorded.day as data_end,
    opened.day as last_open
from asked_pupil as p
inner join whole_pupil as pupil on p.pupil_ref = pupil.pupil_ref
left join recorded on p.school_id = recorded.school_id
left join opened on p.school_id = opened.school_id
order by p.pupil_no
