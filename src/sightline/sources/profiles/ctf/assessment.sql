-- Results at the end of key stages. Nobody expected anything of them here: they have no expected.
select
    concat_ws(
        '~',
        'ctf',
        f.pupil_ref,
        r.stage,
        r.year,
        upper(r.subject),
        upper(coalesce(r.method, '')),
        upper(coalesce(r.component, ''))
    ) as result_id,
    f.pupil_id,
    case upper(r.subject)
        when 'MAT' then 'Mathematics'
        when 'REA' then 'Reading'
        when 'WRI' then 'Writing'
        when 'ENG' then 'English'
        when 'GPS' then 'Grammar, punctuation and spelling'
        when 'SCI' then 'Science'
        else r.subject
    end as subject,
    r.stage || ' ' || r.year || case upper(r.method)
        when 'TA' then ', teacher assessment'
        else ''
    end as point,
    r.year || '-07-01' as date,
    r.scale,
    case
        when r.scale = 'scaled_score' then r.result
        when upper(r.result) in ('WTS', 'HNM') then '1'
        when upper(r.result) = 'EXS' then '2'
        when upper(r.result) = 'GDS' then '3'
    end as value,
    r._file,
    r._row
from raw_results as r
inner join raw_pupils as p on r._file = p._file and r._row = p._row
inner join known_upn as f
    on is_same_pupil(p.upn, p.dob, f.upn, f.same_upn, f.date_of_birth)
