-- Marks there should be, two for each day the school was open while the pupil was on roll, and
-- marks there are. Nobody is expected a mark on a day on which the whole school has none.
with marked as (
    select distinct attendance.school_id, attendance.date
    from attendance
    where
        attendance.date between :since and :until
        and attendance.code is not null and attendance.code <> '-'
),

due as (
    select
        pupil.pupil_ref,
        2 * count(*) as expected
    from pupil
    inner join (select distinct first_time.pupil_ref from first_time) as asked
        on pupil.pupil_ref = asked.pupil_ref
    inner join marked
        on
            pupil.school_id = marked.school_id
            and pupil.enrolled_on <= marked.date
            and (pupil.left_on is null or pupil.left_on >= marked.date)
    inner join school_day
        on
            marked.school_id = school_day.school_id
            and marked.date = school_day.date
            and school_day.kind = 'open'
    group by pupil.pupil_ref
),

made as (
    select
        attendance.pupil_ref,
        count(*) as present
    from attendance
    inner join marked
        on attendance.school_id = marked.school_id and attendance.date = marked.date
    where attendance.code is not null and attendance.code <> '-'
    group by attendance.pupil_ref
)

select
    due.pupil_ref,
    due.expected,
    coalesce(made.present, 0) as present
from due
left join made on due.pupil_ref = made.pupil_ref
order by due.pupil_ref
