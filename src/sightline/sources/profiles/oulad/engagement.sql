-- Clicks of a registration on a day, summed. `_rows` says how many raw rows are behind each sum.
-- What cannot be summed keeps its own row, so that the contract refuses exactly that row.
with registered as (
    select distinct
        code_module,
        code_presentation,
        id_student
    from raw_registrations
),

clicks as (
    select
        c.*,
        c.code_module || '-' || c.code_presentation as class_id,
        coalesce(
            r.id_student is not null
            and day_number(c.day) is not null
            and regexp_full_match(c.sum_click, '[0-9]{1,9}'),
            false
        ) as can_be_summed
    from raw_clicks as c
    left join registered as r
        on
            c.code_module = r.code_module
            and c.code_presentation = r.code_presentation
            and c.id_student = r.id_student
)

select
    class_id || '-' || id_student as pupil_id,
    class_id,
    day_date(code_presentation, day) as date,
    'vle' as kind,
    cast(sum(cast(sum_click as bigint)) as varchar) as quantity,
    min(_file) as _file,
    min(_row) as _row,
    count(*) as _rows
from clicks
where can_be_summed
group by class_id, id_student, day_date(code_presentation, day)
union all
select
    class_id || '-' || id_student as pupil_id,
    class_id,
    day_date(code_presentation, day) as date,
    'vle' as kind,
    sum_click as quantity,
    _file,
    _row,
    1 as _rows
from clicks
where not can_be_summed
