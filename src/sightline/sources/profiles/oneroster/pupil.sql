-- Users with the role of a student. Of several roles the one that lasts longest names the school.
with people as (
    select *
    from raw_users
    qualify rank() over (partition by record_id order by age(modified) desc) = 1
),

roles as (
    select *
    from raw_roles
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
        trim(role) as role,
        org_id,
        lower(coalesce(role_type, '')) = 'primary' as is_first,
        as_day(begins) as begins,
        as_day(ends) as ends
    from roles
    where is_kept(status)
    union all
    select
        record_id as user_id,
        trim(role) as role,
        trim(unnest(string_split(coalesce(org_ids, ''), ','))) as org_id,
        true as is_first,
        null as begins,
        null as ends
    from people
    where role is not null
),

chosen as (
    select
        h.user_id,
        coalesce(s.school_id, nullif(h.org_id, '')) as school_id,
        h.begins,
        h.ends
    from held as h
    left join schools as s on h.org_id = s.org_id
    where lower(h.role) = 'student'
    qualify row_number() over (
        partition by h.user_id
        order by
            s.org_id is null asc,
            coalesce(h.ends, '9999') desc,
            h.is_first desc,
            h.begins desc nulls last,
            h.org_id asc
    ) = 1
),

tutor_group as (
    select
        e.user_id,
        first(c.title order by coalesce(e.ends, '9999') desc, e.begins desc, c.title asc) as title
    from raw_enrollments as e
    inner join raw_classes as c on e.class_id = c.record_id
    where
        is_kept(e.status)
        and is_kept(c.status)
        and lower(trim(c.type)) = 'homeroom'
        and lower(trim(e.role)) = 'student'
    group by e.user_id
),

details as (
    select
        record_id,
        arg_max(sex, age(modified)) as sex
    from raw_demographics
    group by record_id
),

first_year as (
    select min(as_day(starts)) as starts
    from raw_academicsessions
    where lower(trim(type)) = 'schoolyear' and is_kept(status)
)

select
    p.record_id as pupil_id,
    chosen.school_id,
    coalesce(chosen.begins, nullif(:academic_year, ''), first_year.starts) as enrolled_on,
    chosen.ends as left_on,
    as_grade(p.grades) as year_group,
    tutor_group.title as registration_group,
    as_one_sex(details.sex) as sex,
    p._file,
    p._row
from people as p
inner join chosen on p.record_id = chosen.user_id
left join tutor_group on p.record_id = tutor_group.user_id
left join details on p.record_id = details.record_id
cross join first_year
where is_kept(p.status)
