-- One row for each pupil of an incident. Behaviour is a concern, achievement is praise.
select
    record_id || '~' || student as event_id,
    student as pupil_id,
    as_date(date) as date,
    'concern' as kind,
    type as category,
    coalesce(
        severity_of(coalesce(own_points, points), :points_per_step),
        nullif(:severity_when_blank, '')
    ) as severity,
    employee as staff_id,
    location,
    as_moment(updated_at) as recorded_at,
    _file,
    _row
from raw_behaviours
where student is not null or type is null
union all
select
    record_id || '~' || student as event_id,
    student as pupil_id,
    as_date(date) as date,
    'praise' as kind,
    type as category,
    null as severity,
    employee as staff_id,
    null as location,
    as_moment(updated_at) as recorded_at,
    _file,
    _row
from raw_achievements
where student is not null or type is null
