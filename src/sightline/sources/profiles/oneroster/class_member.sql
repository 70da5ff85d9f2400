-- Pupils' enrolments in classes other than tutor groups. Without a day of its own one begins with
-- the first term of the class, or with the school year.
with latest as (
    select *
    from raw_enrollments
    qualify rank() over (partition by record_id order by age(modified) desc) = 1
),

sessions as (
    select
        record_id,
        lower(trim(any_value(type))) as type,
        min(as_day(starts)) as starts
    from raw_academicsessions
    where is_kept(status)
    group by record_id
),

class_term as (
    select
        record_id,
        trim(unnest(string_split(coalesce(term_ids, ''), ','))) as term_id
    from raw_classes
),

class_start as (
    select
        t.record_id,
        min(s.starts) as starts
    from class_term as t
    inner join sessions as s on t.term_id = s.record_id
    group by t.record_id
),

first_year as (
    select min(starts) as starts
    from sessions
    where type = 'schoolyear'
),

gone as (
    select
        record_id,
        bool_or(lower(trim(type)) = 'homeroom') as is_tutor_group,
        bool_and(not is_kept(status)) as is_gone
    from raw_classes
    group by record_id
)

select
    e.class_id,
    e.user_id as pupil_id,
    coalesce(
        as_day(e.begins), class_start.starts, nullif(:academic_year, ''), first_year.starts
    ) as from_on,
    as_day(e.ends) as to_on,
    e._file,
    e._row
from latest as e
left join class_start on e.class_id = class_start.record_id
left join gone on e.class_id = gone.record_id
cross join first_year
where
    is_kept(e.status)
    and lower(trim(e.role)) = 'student'
    and not coalesce(gone.is_tutor_group, false)
    and not coalesce(gone.is_gone, false)
