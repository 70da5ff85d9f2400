-- Every result, dated on the day of submission. A result of an assessment that is not in
-- assessments.csv has no presentation: it is handed on with a pupil that does not exist.
select
    s.id_assessment || '-' || s.id_student as result_id,
    coalesce(a.code_module || '-' || a.code_presentation, 'unknown') || '-' || s.id_student
        as pupil_id,
    coalesce(a.code_module, 'unknown') as subject,
    coalesce(a.assessment_type || ' ', '') || s.id_assessment as point,
    coalesce(day_date(a.code_presentation, s.submitted_day), s.submitted_day) as date,
    'percent' as scale,
    nullif(s.score, '?') as value,
    s._file,
    s._row
from raw_submissions as s
left join raw_assessments as a on s.id_assessment = a.id_assessment
