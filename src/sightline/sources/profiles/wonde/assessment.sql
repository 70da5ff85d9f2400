-- Results of the aspects that the setting `aspects` names, each with what was expected.
with entries as (select unnest(string_split(:aspects, ';')) as entry),

named as (
    select
        trim(split_part(entry, '=', 1)) as aspect,
        string_split(substr(entry, strpos(entry, '=') + 1), ',') as told
    from entries
    where entry like '%=%'
),

told as (
    select
        r.*,
        trim(n.told[1]) as subject,
        trim(n.told[2]) as scale,
        coalesce(trim(n.told[3]), '') = 'expected' as is_expected,
        coalesce(r.result_date, r.collection_date) as dated
    from raw_results as r
    left join named as n on r.aspect = n.aspect
    where n.aspect is not null or r.aspect is null
),

expected as (
    select *
    from told
    where is_expected
),

in_set as (
    select
        student,
        subject,
        resultset,
        arg_max(result, dated) as result
    from expected
    group by student, subject, resultset
),

latest as (
    select
        student,
        subject,
        arg_max(result, dated) as result
    from expected
    group by student, subject
)

select
    t.record_id as result_id,
    t.student as pupil_id,
    t.subject,
    t.resultset as point,
    t.dated as date,
    t.scale,
    t.result as value,
    coalesce(s.result, l.result) as expected,
    as_moment(t.updated_at) as recorded_at,
    t._file,
    t._row
from told as t
left join in_set as s
    on t.student = s.student and t.subject = s.subject and t.resultset = s.resultset
left join latest as l on t.student = l.student and t.subject = l.subject
where not t.is_expected
