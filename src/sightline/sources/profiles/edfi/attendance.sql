-- What the records say, and the marks of those without a record: see `about` in profile.yml and
-- macros.sql. Only days that were asked for whole are used, none that lies ahead.
with asked as (
    select
        school_id,
        try_cast(event_date as date) as day,
        event_date is null as is_every_day,
        try_cast(asked_on as date) as asked_on
    from raw_asked_days
)

select
    s.pupil_id,
    s.said_date as date,
    s.session,
    s.code,
    s._file,
    s._row
from attendance_said('raw_attendance_events') as s
where
    s.day is null
    or s.school_id is null
    or not exists (select 1 from asked)
    or exists (
        select 1
        from asked as a
        where
            a.school_id = s.school_id
            and (a.is_every_day or a.day = s.day)
            and s.day <= a.asked_on
    )
union all
select
    a.pupil_id,
    cast(a.day as varchar) as date,
    a.session,
    a.code,
    a._file,
    a._row
from
    attendance_assumed(
        'raw_enrolments',
        'raw_calendar',
        'raw_attendance_events',
        'raw_asked_days',
        :settle_days,
        :attendance
    ) as a
