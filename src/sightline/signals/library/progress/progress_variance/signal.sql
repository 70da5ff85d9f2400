-- The latest result in each subject against what was expected, in steps of its scale.
with results as (
    select
        assessment.pupil_ref,
        enrolled.school_id,
        assessment.subject,
        assessment.date,
        (assessment.value - assessment.expected)
        / case assessment.scale
            when 'scaled_score' then 5.0
            when 'percent' then 10.0
            else 1.0
        end as gap,
        lead(assessment.date) over (
            partition by assessment.pupil_ref, assessment.subject
            order by assessment.date, assessment.result_id
        ) as next_date
    from assessment
    inner join enrolled
        on assessment.pupil_ref = enrolled.pupil_ref and assessment.date >= enrolled.enrolled_on
    where
        assessment.value is not null
        and assessment.expected is not null
        and assessment.date > :first_as_of - :window_days
        and assessment.date <= :last_date
),

-- A result is the latest of its subject from its own date until the next one's.
counted as (
    select
        results.pupil_ref,
        dates.as_of,
        count(*) as subjects,
        sum(results.gap) as gaps,
        sum(case when results.gap <= -1e-9 then 1 else 0 end) as below,
        min(results.date) as window_from,
        max(results.date) as window_to
    from results
    inner join (select distinct school_id, as_of from scope) as dates
        on
            results.school_id = dates.school_id
            and results.date <= dates.as_of
            and (results.next_date is null or results.next_date > dates.as_of)
            and date_diff('day', results.date, dates.as_of) < :window_days
    group by results.pupil_ref, dates.as_of
),

measured as (
    select
        scope.pupil_ref,
        scope.school_id,
        scope.as_of,
        counted.window_from,
        counted.window_to,
        counted.gaps,
        counted.below,
        coalesce(counted.subjects, 0) as subjects,
        counted.gaps / counted.subjects as mean_gap
    from scope
    left join counted on scope.pupil_ref = counted.pupil_ref and scope.as_of = counted.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when subjects < :min_subjects then 'cannot_tell'
        when mean_gap <= -:gap_steps + 1e-9 then 'flag'
        else 'clear'
    end as outcome,
    case when subjects < :min_subjects then 'too_few_subjects' end as reason,
    mean_gap as value,
    mean_gap as level,
    coalesce(gaps, 0) as numerator,
    subjects as denominator,
    window_from,
    window_to,
    null as days,
    coalesce(below, 0) as earlier_numerator,
    null as earlier_denominator
from measured
