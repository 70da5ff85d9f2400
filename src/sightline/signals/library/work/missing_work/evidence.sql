-- Every piece of work due in the interval: missing of due. Excused work counts 0 of 0.
with span as (
    select
        school_id,
        as_of,
        min(date) as window_from
    from window_day
    where back < :window_days
    group by school_id, as_of
)

select
    scope.pupil_ref,
    scope.as_of,
    work.due_on as date,
    work.subject as what,
    work.status || coalesce(', set on ' || work.set_on, '') as detail,
    case when work.status = 'missing' then 1 else 0 end as counts,
    case when work.status = 'excused' then 0 else 1 end as "of",
    'now' as part
from scope
inner join enrolled on scope.pupil_ref = enrolled.pupil_ref
inner join span on scope.school_id = span.school_id and scope.as_of = span.as_of
inner join work
    on
        scope.pupil_ref = work.pupil_ref
        and enrolled.enrolled_on <= work.due_on
        and work.due_on between span.window_from and scope.as_of
where
    not exists (select 1 from key_subject)
    or work.subject in (select subject from key_subject)
