-- One row for each pupil and school week: what the page's table and every drawing count.
with week as (
    select
        sheet_pupil.pupil_ref,
        sheet_pupil.enrolled_on,
        day.monday,
        count(*) as on_roll_days
    from sheet_pupil
    inner join sheet_day as day
        on
            day.date >= sheet_pupil.enrolled_on
            and day.date <= coalesce(sheet_pupil.left_on, day.date)
    group by sheet_pupil.pupil_ref, sheet_pupil.enrolled_on, day.monday
),

register as (
    select
        pupil_ref,
        monday,
        sum(possible) as possible,
        sum(attended) as attended,
        sum(late) as late
    from sheet_session
    group by pupil_ref, monday
),

logs as (
    select
        pupil_ref,
        cast(date_trunc('week', date) as date) as monday,
        count(case when kind = 'concern' then 1 end) as concerns,
        count(case when kind = 'praise' then 1 end) as praise
    from sheet_behaviour
    group by all
),

homework as (
    select
        pupil_ref,
        cast(date_trunc('week', date) as date) as monday,
        sum(due) as due,
        sum(missing) as missing
    from sheet_work
    group by all
),

lessons as (
    select
        pupil_ref,
        cast(date_trunc('week', date) as date) as monday,
        count(*) as out_of_lessons
    from sheet_out
    group by all
),

platform as (
    select
        pupil_ref,
        cast(date_trunc('week', date) as date) as monday,
        sum(quantity) as used
    from sheet_use
    group by all
)

select
    week.pupil_ref,
    week.monday,
    week.on_roll_days,
    cast(coalesce(register.possible, 0) as integer) as possible,
    cast(coalesce(register.attended, 0) as integer) as attended,
    cast(coalesce(register.late, 0) as integer) as late,
    cast(coalesce(logs.concerns, 0) as integer) as concerns,
    cast(coalesce(logs.praise, 0) as integer) as praise,
    cast(coalesce(homework.due, 0) as integer) as work_due,
    cast(coalesce(homework.missing, 0) as integer) as work_missing,
    cast(coalesce(lessons.out_of_lessons, 0) as integer) as out_of_lessons,
    case when :is_used then cast(coalesce(platform.used, 0) as double) end as use
from week
left join register on week.pupil_ref = register.pupil_ref and week.monday = register.monday
left join logs on week.pupil_ref = logs.pupil_ref and week.monday = logs.monday
left join homework on week.pupil_ref = homework.pupil_ref and week.monday = homework.monday
left join lessons on week.pupil_ref = lessons.pupil_ref and week.monday = lessons.monday
left join platform on week.pupil_ref = platform.pupil_ref and week.monday = platform.monday
order by week.pupil_ref, week.monday
