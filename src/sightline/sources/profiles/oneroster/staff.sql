-- Users with the role of a teacher. One who is deleted has left on the day of that change.
with people as (
    select *
    from raw_users
    qualify rank() over (partition by record_id order by age(modified) desc) = 1
),

schools as (
    select
        record_id as org_id,
        our_id(any_value(school_id), count(*) over (), :school_id, record_id) as school_id
    from raw_orgs
    where is_school(type, status)
    group by record_id
),

held as (
    select
        user_id,
        org_id
    from raw_roles
    where lower(trim(role)) = 'teacher' and is_kept(status)
    union all
    select
        record_id as user_id,
        trim(unnest(string_split(coalesce(org_ids, ''), ','))) as org_id
    from people
    where lower(trim(role)) = 'teacher'
),

chosen as (
    select
        h.user_id,
        coalesce(s.school_id, nullif(h.org_id, '')) as school_id
    from held as h
    left join schools as s on h.org_id = s.org_id
    qualify row_number() over (
        partition by h.user_id
        order by s.org_id is null, h.org_id
    ) = 1
)

select
    p.record_id as staff_id,
    chosen.school_id,
    coalesce(p.preferred_given_name, p.given_name)
    || ' ' || coalesce(p.preferred_family_name, p.family_name) as name,
    'teacher' as role,
    case when not is_kept(p.status) then as_day(p.modified) end as left_on,
    p._file,
    p._row
from people as p
inner join chosen on p.record_id = chosen.user_id
