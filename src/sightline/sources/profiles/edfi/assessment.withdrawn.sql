select
    concat_ws(
        '~',
        school_id,
        student_unique_id,
        section_identifier,
        period_words(grading_period, grading_period_name, period_sequence, grading_period_year),
        grade_type
    ) as result_id
from raw_deleted_grades
