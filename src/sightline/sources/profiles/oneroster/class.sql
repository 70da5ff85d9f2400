-- Classes other than tutor groups. The subject is the class's own, or its course's.
with latest as (
    select *
    from raw_classes
    qualify rank() over (partition by record_id order by age(modified) desc) = 1
),

course as (
    select
        record_id,
        arg_max(coalesce(first_of(subjects), title), age(modified)) as subject
    from raw_courses
    group by record_id
),

schools as (
    select
        record_id as org_id,
        our_id(any_value(school_id), count(*) over (), :school_id, record_id) as school_id
    from raw_orgs
    where is_school(type, status)
    group by record_id
)

select
    c.record_id as class_id,
    coalesce(s.school_id, c.org_id) as school_id,
    coalesce(first_of(c.subjects), course.subject, c.title) as subject,
    c.title as name,
    c._file,
    c._row
from latest as c
left join course on c.course_id = course.record_id
left join schools as s on c.org_id = s.org_id
where is_kept(c.status) and lower(coalesce(trim(c.type), '')) <> 'homeroom'
