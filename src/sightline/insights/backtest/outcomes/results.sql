-- On each day with a result: the mean gap of the latest results of the last 180 days, in steps of
-- their scales, as the signal progress_variance counts them. Fewer than 3 subjects: nothing.
with results as (
    select
        p.pupil_no,
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
    from whole_assessment as assessment
    inner join asked_pupil as p on assessment.pupil_ref = p.pupil_ref
    inner join whole_pupil as pupil
        on assessment.pupil_ref = pupil.pupil_ref and assessment.date >= pupil.enrolled_on
    where assessment.value is not null and assessment.expected is not null
)

select
    days.pupil_no,
    days.date as day,
    case when count(*) >= 3 then sum(results.gap) / count(*) end as gap
from (select distinct pupil_no, date from results) as days
inner join results
    on
        days.pupil_no = results.pupil_no
        and results.date <= days.date
        and (results.next_date is null or results.next_date > days.date)
        and date_diff('day', results.date, days.date) < 180
group by days.pupil_no, days.date
order by days.pupil_no, days.date
