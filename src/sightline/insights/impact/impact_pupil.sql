-- The pupils that were asked about, numbered, with the recorded facts that are held alike.
select
    pupil_ref,
    school_id,
    cast(row_number() over (order by pupil_ref) - 1 as integer) as number,
    coalesce(year_group, -1) as year_group,
    case when disadvantaged then 1 else 0 end as disadvantaged,
    case when sen_status in ('K', 'E') then 1 else 0 end as sen
from pupil
where pupil_ref in (select pupil_ref from scope)
