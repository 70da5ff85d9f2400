-- Orgs of the type school. A connection says which of our schools each is; a bundle of one school
-- takes the site's own id.
with latest as (
    select *
    from raw_orgs
    where is_school(type, status)
    qualify rank() over (partition by record_id order by age(modified) desc) = 1
),

counted as (
    select count(distinct record_id) as schools from latest
)

select
    our_id(l.school_id, counted.schools, :school_id, l.record_id) as school_id,
    l.name,
    coalesce(l.phase, :phase) as phase,
    l._file,
    l._row
from latest as l
cross join counted
