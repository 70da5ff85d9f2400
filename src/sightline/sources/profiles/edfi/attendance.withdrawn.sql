-- Of the days that were asked for whole: pupils who have no mark on them any more. Only where the
-- calendar and the roll came too, and for pupils of one school alone.
with asked as (
    select
        school_id,
        try_cast(event_date as date) as day,
        try_cast(asked_on as date) as asked_on
    from raw_asked_days
    where school_id in (select e.school_id from raw_enrolments as e)
),

dates as (
    select
        c.school_id,
        try_cast(as_date(c.date) as date) as day
    from raw_calendar as c
    where
        c.school_id in (
            select a.school_id from asked as a
            where a.day is null
        )
    union
    select
        school_id,
        day
    from asked
    where day is not null and school_id in (select c.school_id from raw_calendar as c)
),

pupils as (
    select
        student_unique_id as pupil_id,
        min(school_id) as school_id
    from (
        select
            student_unique_id,
            school_id
        from raw_enrolments
        union all
        select
            student_unique_id,
            school_id
        from raw_deleted_enrolments
    ) as roll
    group by student_unique_id
    having count(distinct school_id) = 1
),

marked as (
    select
        s.pupil_id,
        s.day
    from attendance_said('raw_attendance_events') as s
    union
    select
        a.pupil_id,
        a.day
    from
        attendance_assumed(
            'raw_enrolments',
            'raw_calendar',
            'raw_attendance_events',
            'raw_asked_days',
            :settle_days,
            :attendance
        ) as a
)

select
    p.pupil_id,
    cast(d.day as varchar) as date
from pupils as p
inner join dates as d on p.school_id = d.school_id
left join
    attendance_days('raw_calendar', 'raw_attendance_events', 'raw_asked_days', :settle_days) as k
    on d.school_id = k.school_id and d.day = k.day
where
    coalesce(k.state, '') <> 'unsaid'
    and d.day <= (
        select max(a.asked_on) from asked as a
        where a.school_id = d.school_id
    )
    and not exists (
        select 1
        from marked as m
        where m.pupil_id = p.pupil_id and m.day = d.day
    )
