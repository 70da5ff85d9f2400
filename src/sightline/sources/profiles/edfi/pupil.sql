-- One row for each pupil: the school of the latest enrolment, the first day on roll there. There is
-- one enrolment for each school year.
with spells as (
    select
        *,
        as_date(entry_date) as entered_on,
        row_number() over (
            partition by student_unique_id order by as_date(entry_date) desc nulls last, school_id
        ) as nth,
        min(as_date(entry_date))
            over (partition by student_unique_id, school_id)
            as first_entered_on
    from raw_enrolments
)

select
    p.student_unique_id as pupil_id,
    p.school_id,
    p.first_entered_on as enrolled_on,
    as_date(p.exit_withdraw_date) as left_on,
    case
        when grade_number(p.entry_grade_level_descriptor) is null
            then
                case
                    when
                        lower(trim(p.entry_grade_level_descriptor)) not in (
                            'adult education',
                            'early education',
                            'infant/toddler',
                            'postsecondary',
                            'transitional kindergarten',
                            'ungraded',
                            'other'
                        )
                        then as_year(p.entry_grade_level_descriptor)
                end
        else
            cast(
                grade_number(p.entry_grade_level_descriptor)
                + coalesce(try_cast(:year_offset as integer), 1) as varchar
            )
    end as year_group,
    case
        when lower(trim(s.birth_sex_descriptor)) = 'not selected' then 'U'
        else as_sex(s.birth_sex_descriptor)
    end as sex,
    p._file,
    p._row
from spells as p
left join (select distinct student_unique_id, birth_sex_descriptor from raw_students) as s
    on p.student_unique_id = s.student_unique_id
where p.nth = 1 or p.student_unique_id is null
