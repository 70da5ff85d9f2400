-- Events attended and uses of the platform, summed for each student, module and day.
with in_force as (
    -- each once, and none that another one makes void
    select *
    from raw_statements as s
    where
        s.verb is distinct from 'voided'
        and not exists (
            select 1 from raw_statements as v
            where v.verb = 'voided' and v.object = s.id
        )
    qualify
        row_number() over (
            partition by coalesce(s.id, s._file || s._row)
            order by s._file, s._row
        ) = 1
),

told as (
    select
        actor as pupil_id,
        module as class_id,
        left(coalesce(start, timestamp), 10) as date,
        engagement_kind(verb) as kind,
        case when verb = 'attended' and lower(completion) = 'false' then 0 else 1 end as counted,
        _file,
        _row
    from in_force
    where engagement_kind(verb) is not null
)

select
    pupil_id,
    class_id,
    date,
    kind,
    cast(sum(counted) as varchar) as quantity,
    min(_file) as _file,
    min(_row) as _row,
    count(*) as _rows
from told
group by pupil_id, class_id, date, kind
