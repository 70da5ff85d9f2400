-- One result of each pupil, subject and point: the last that has a value. With the one before it on
-- the same scale, and where both stand. A point is a name within a school year; a course of higher
-- education is its own year.
with placed as (
    select
        assessment.pupil_ref,
        assessment.subject,
        assessment.point,
        assessment.date,
        assessment.scale,
        assessment.value,
        assessment.expected,
        progress_pupil.phase,
        case
            when progress_pupil.phase = 'he' then 0
            when extract(month from assessment.date) >= 9 then extract(year from assessment.date)
            else extract(year from assessment.date) - 1
        end as point_year,
        assessment.result_id
    from assessment
    inner join progress_pupil
        on
            assessment.pupil_ref = progress_pupil.pupil_ref
            and assessment.date >= progress_pupil.enrolled_on
    where assessment.date <= :as_of
),

chosen as (
    select
        *,
        row_number() over (
            partition by pupil_ref, subject, point, point_year
            order by
                case when value is null then 1 else 0 end, date desc, result_id desc
        ) as place
    from placed
),

measured as (
    select
        *,
        (value - expected) / case scale
            when 'scaled_score' then 5.0
            when 'percent' then 10.0
            else 1.0
        end as gap,
        lag(value) over before as earlier_value,
        lag(expected) over before as earlier_expected,
        lag(point) over before as earlier_point
    from chosen
    where place = 1
    window before as (partition by pupil_ref, subject, scale order by date, result_id)
)

select
    pupil_ref,
    subject,
    point,
    point_year,
    date,
    scale,
    value,
    expected,
    gap,
    earlier_point,
    earlier_value,
    earlier_expected,
    case
        when gap is null then 'cannot_tell'
        when gap >= -1e-9 then 'on_course'
        when gap <= -1 + 1e-9 then 'below'
        else 'just_under'
    end as state,
    case when scale = 'percent' and value >= 40 - 1e-9 then 1 else 0 end as passed,
    case
        when value is null then null
        when scale = 'scaled_score' and value < 100 - 1e-9 then 'WTS'
        when scale = 'scaled_score' and value < 110 - 1e-9 then 'EXS'
        when scale = 'scaled_score' then 'GDS'
        when scale = 'percent' and value < 40 - 1e-9 then 'under 40'
        when scale = 'percent' and value < 50 - 1e-9 then '40 to 49'
        when scale = 'percent' and value < 60 - 1e-9 then '50 to 59'
        when scale = 'percent' and value < 70 - 1e-9 then '60 to 69'
        when scale = 'percent' then '70 and over'
        when scale = 'gcse_9_1' and value < 0.5 - 1e-9 then 'U'
        when scale = 'gcse_9_1' and value >= 8.5 - 1e-9 then '9'
        else cast(cast(floor(value + 0.5 + 1e-9) as integer) as varchar)
    end as band
from measured
