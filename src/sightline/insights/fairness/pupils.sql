-- Who was on roll on any of the days asked about, and the characteristics the school may compare.
select
    pupil.pupil_ref,
    pupil.school_id,
    pupil.year_group,
    pupil.registration_group,
    pupil.sex,
    pupil.sen_status,
    pupil.eal,
    pupil.disadvantaged,
    pupil.prior_attainment,
    pupil.disabled,
    pupil.deprivation_decile,
    pupil.age_band,
    pupil.final_result
from pupil
inner join (select distinct first_time.pupil_ref from first_time) as asked
    on pupil.pupil_ref = asked.pupil_ref
order by pupil.school_id, pupil.pupil_ref
