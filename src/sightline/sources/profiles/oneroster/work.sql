-- Line items with a due date that are no tests. What is not submitted is missing: nobody counts it
-- before its due date, and a submission changes the result.
with latest as (
    select *
    from raw_results
    qualify rank() over (partition by record_id order by age(modified) desc) = 1
),

items as (
    select *
    from raw_lineitems
    qualify row_number() over (partition by record_id order by age(modified) desc, _row desc) = 1
),

classes as (
    select
        c.record_id,
        bool_or(lower(trim(c.type)) = 'homeroom') as is_tutor_group,
        any_value(coalesce(first_of(c.subjects), first_of(o.subjects), o.title, c.title)) as subject
    from raw_classes as c
    left join raw_courses as o on c.course_id = o.record_id
    group by c.record_id
),

tests as (
    select distinct record_id
    from raw_categories
    where regexp_matches(title, '(?i)\b(test|exam|quiz|assessment)')
)

select
    r.item_id || '~' || r.record_id as work_id,
    r.user_id as pupil_id,
    case when not coalesce(c.is_tutor_group, false) then i.class_id end as class_id,
    c.subject,
    as_day(i.assigned) as set_on,
    as_day(i.due) as due_on,
    case
        when lower(trim(r.score_status)) = 'exempt' then 'excused'
        when as_flag(r.missing) = 'true' or lower(trim(r.score_status)) = 'not submitted'
            then 'missing'
        when as_flag(r.late) = 'true' then 'late'
        when lower(trim(r.score_status)) in ('submitted', 'partially graded', 'fully graded')
            then 'submitted'
        else r.score_status
    end as status,
    as_moment(r.modified) as recorded_at,
    r._file,
    r._row
from latest as r
inner join items as i on r.item_id = i.record_id
inner join classes as c on i.class_id = c.record_id
where
    is_kept(r.status)
    and is_kept(i.status)
    and i.due is not null
    and coalesce(i.category_id, '') not in (select record_id from tests)
