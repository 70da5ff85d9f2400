-- Work not handed in, of all work due since the first of the last 20 school days.
with span as (
    select
        school_id,
        as_of,
        min(date) as window_from,
        max(date) as window_to,
        count(*) as days
    from window_day
    where back < :window_days
    group by school_id, as_of
),

due_date as (
    select
        dates.school_id,
        dates.due_on,
        span.as_of
    from (
        select distinct
            enrolled.school_id,
            work.due_on
        from work
        inner join enrolled on work.pupil_ref = enrolled.pupil_ref
        where work.due_on between :first_date and :last_date
    ) as dates
    inner join span
        on
            dates.school_id = span.school_id
            and dates.due_on >= span.window_from
            and dates.due_on <= span.as_of
),

counted as (
    select
        work.pupil_ref,
        due_date.as_of,
        count(*) as due,
        sum(case when work.status = 'missing' then 1 else 0 end) as missing,
        count(distinct case when work.status = 'missing' then work.subject end) as subjects
    from work
    inner join enrolled
        on work.pupil_ref = enrolled.pupil_ref and work.due_on >= enrolled.enrolled_on
    inner join due_date
        on enrolled.school_id = due_date.school_id and work.due_on = due_date.due_on
    where
        work.status <> 'excused'
        and work.due_on between :first_date and :last_date
        and (
            not exists (select 1 from key_subject)
            or work.subject in (select subject from key_subject)
        )
    group by work.pupil_ref, due_date.as_of
),

measured as (
    select
        scope.pupil_ref,
        scope.school_id,
        scope.as_of,
        span.window_from,
        span.window_to,
        span.days,
        coalesce(counted.due, 0) as due,
        coalesce(counted.missing, 0) as missing,
        coalesce(counted.subjects, 0) as subjects,
        1.0 * counted.missing / counted.due as share
    from scope
    left join span on scope.school_id = span.school_id and scope.as_of = span.as_of
    left join counted on scope.pupil_ref = counted.pupil_ref and scope.as_of = counted.as_of
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when due < :min_due then 'cannot_tell'
        when share >= :min_share - 1e-9 then 'flag'
        else 'clear'
    end as outcome,
    case when due < :min_due then 'too_little_work' end as reason,
    share as value,
    share as level,
    missing as numerator,
    due as denominator,
    window_from,
    window_to,
    days,
    subjects as earlier_numerator,
    null as earlier_denominator
from measured
