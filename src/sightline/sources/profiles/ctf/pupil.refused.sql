-- Pupils who cannot be found. Everything else of theirs is left out with them.
select distinct
    p._file,
    p._row,
    case when k.same_upn = 1 then 'dob' else 'upn' end as _column,
    case when p.upn is null then 'no UPN' end as _value,
    case
        when k.upn is null then 'unknown_upn'
        when k.same_upn > 1 then 'doubtful_upn'
        else 'other_birth_date'
    end as _reason
from raw_pupils as p
left join known_upn as k on upper(trim(p.upn)) = k.upn
where
    k.upn is null
    or k.same_upn > 1
    or as_date(p.dob) <> cast(k.date_of_birth as varchar)
