-- The pupils on roll on the date asked about, with each way of grouping them in words.
with supported as (
    select pupil_ref
    from support
    where
        started_on <= :as_of
        and (ended_on is null or ended_on >= :as_of)
    union
    select pupil_ref from progress_supported
)

select
    pupil.pupil_ref,
    pupil.enrolled_on,
    school.phase,
    pupil.year_group,
    case
        when pupil.year_group is null then 'not recorded'
        else 'Year ' || pupil.year_group
    end as "year",
    case pupil.sex
        when 'F' then 'girls'
        when 'M' then 'boys'
        when 'X' then 'another term'
        else 'not recorded'
    end as sex,
    case
        when pupil.sen_status in ('K', 'E') then 'SEND'
        when pupil.sen_status = 'N' then 'no SEND'
        else 'not recorded'
    end as send,
    case
        when pupil.disadvantaged then 'disadvantaged'
        when not pupil.disadvantaged then 'not disadvantaged'
        else 'not recorded'
    end as disadvantaged,
    case when pupil.eal then 'EAL' when not pupil.eal then 'not EAL' else 'not recorded' end as eal,
    coalesce(pupil.prior_attainment, 'not recorded') as prior_attainment,
    case when supported.pupil_ref is null then 'no support now' else 'support now' end as support,
    case
        when pupil.disabled then 'disability declared'
        when not pupil.disabled then 'none declared'
        else 'not recorded'
    end as disabled,
    case
        when pupil.deprivation_decile <= 3 then 'most deprived 30%'
        when pupil.deprivation_decile <= 7 then 'middle 40%'
        when pupil.deprivation_decile <= 10 then 'least deprived 30%'
        else 'not recorded'
    end as deprivation,
    coalesce(pupil.age_band, 'not recorded') as age
from pupil
inner join school on pupil.school_id = school.school_id
left join supported on pupil.pupil_ref = supported.pupil_ref
where
    pupil.school_id = :school
    and pupil.enrolled_on <= :as_of
    and (pupil.left_on is null or pupil.left_on >= :as_of)
