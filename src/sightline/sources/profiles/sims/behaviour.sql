-- Behaviour is a concern, achievement is praise. Where no column says which, the file's name does.
with told as (
    select
        *,
        case
            when
                regexp_matches(coalesce(kind, _file), '(?i)achiev|praise|positive|merit|reward')
                then 'praise'
            when
                regexp_matches(
                    coalesce(kind, _file), '(?i)behav|concern|negative|incident|sanction|conduct'
                )
                then 'concern'
            when regexp_matches(_file, '(?i)^achiev') then 'praise'
            else 'concern'
        end as canonical_kind,
        md5(
            concat_ws(
                '|', student_id, date, kind, category, severity, points, session, period, location
            )
        ) as content
    from raw_events
)

select
    coalesce(
        event_id,
        content || '-' || row_number() over (partition by content order by _file, _row)
    ) as event_id,
    trim(student_id) as pupil_id,
    as_date(date) as date,
    canonical_kind as kind,
    category,
    case
        when canonical_kind = 'concern'
            then
                coalesce(
                    severity,
                    case
                        when abs(try_cast(points as integer)) between 1 and 5
                            then cast(abs(try_cast(points as integer)) as varchar)
                    end,
                    nullif(:severity_when_blank, '')
                )
    end as severity,
    as_session(session) as session,
    period,
    staff_id,
    location,
    _file,
    _row
from told
