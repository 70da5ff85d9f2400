-- The latest result of every subject: its gap to what was expected, in steps, each one of one.
with results as (
    select
        scope.pupil_ref,
        scope.as_of,
        assessment.date,
        assessment.subject,
        assessment.value,
        assessment.expected,
        assessment.scale,
        (assessment.value - assessment.expected)
        / case assessment.scale
            when 'scaled_score' then 5.0
            when 'percent' then 10.0
            else 1.0
        end as gap,
        row_number() over (
            partition by scope.pupil_ref, scope.as_of, assessment.subject
            order by assessment.date desc, assessment.result_id desc
        ) as place
    from scope
    inner join enrolled on scope.pupil_ref = enrolled.pupil_ref
    inner join assessment
        on
            scope.pupil_ref = assessment.pupil_ref
            and enrolled.enrolled_on <= assessment.date
            and assessment.date <= scope.as_of
            and date_diff('day', assessment.date, scope.as_of) < :window_days
    where assessment.value is not null and assessment.expected is not null
)

select
    pupil_ref,
    as_of,
    date,
    subject as what,
    printf('%g against %g expected (%s): %+.2f steps', value, expected, scale, gap) as detail,
    gap as counts,
    1 as "of",
    'now' as part
from results
where place = 1
