-- Fully graded results with a number, in per cent of what could be had.
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
        any_value(coalesce(first_of(c.subjects), first_of(o.subjects), o.title, c.title)) as subject
    from raw_classes as c
    left join raw_courses as o on c.course_id = o.record_id
    group by c.record_id
)

select
    r.item_id || '~' || r.record_id as result_id,
    r.user_id as pupil_id,
    c.subject,
    coalesce(i.title, r.item_id) as point,
    as_day(r.scored) as date,
    'percent' as scale,
    coalesce(
        cast(round(100 * try_cast(r.score as double) / try_cast(i.most as double), 2) as varchar),
        r.score
    ) as value,
    as_moment(r.modified) as recorded_at,
    r._file,
    r._row
from latest as r
inner join items as i on r.item_id = i.record_id
inner join classes as c on i.class_id = c.record_id
where
    is_kept(r.status)
    and is_kept(i.status)
    and lower(trim(r.score_status)) = 'fully graded'
    and r.score is not null
    and try_cast(i.most as double) > 0
