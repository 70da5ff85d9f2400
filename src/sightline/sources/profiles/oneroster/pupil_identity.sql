-- The preferred name where there is one.
with people as (
    select *
    from raw_users
    qualify rank() over (partition by record_id order by age(modified) desc) = 1
),

details as (
    select
        record_id,
        arg_max(birth_date, age(modified)) as birth_date
    from raw_demographics
    group by record_id
)

select
    p.record_id as pupil_id,
    coalesce(p.preferred_given_name, p.given_name) as given_name,
    coalesce(p.preferred_family_name, p.family_name) as family_name,
    as_upn(p.user_ids) as upn,
    as_day(details.birth_date) as date_of_birth,
    p._file,
    p._row
from people as p
left join details on p.record_id = details.record_id
where
    is_kept(p.status)
    and (
        lower(trim(p.role)) = 'student'
        or p.record_id in (
            select r.user_id from raw_roles as r
            where lower(trim(r.role)) = 'student' and is_kept(r.status)
        )
    )
