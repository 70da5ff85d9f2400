-- Marks in percent. A score that says neither its share nor its most is handed on without a value.
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
)

select
    coalesce(id, md5(concat_ws('|', actor, object, timestamp))) as result_id,
    actor as pupil_id,
    coalesce(module, 'not given') as subject,
    coalesce(object, 'not given') as point,
    left(timestamp, 10) as date,
    'percent' as scale,
    cast(
        round(
            coalesce(
                try_cast(scaled as double) * 100,
                100 * (try_cast(raw as double) - coalesce(try_cast(min as double), 0))
                / nullif(try_cast(max as double) - coalesce(try_cast(min as double), 0), 0)
            ),
            2
        ) as varchar
    ) as value,
    _file,
    _row
from in_force
where verb = 'scored'
