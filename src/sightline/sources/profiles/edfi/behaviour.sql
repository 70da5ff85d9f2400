-- One concern for each pupil who did something in an incident: the gravest of what they did, else
-- of what the incident was about. Victims, witnesses and reporters have no part in it.
with told as (
    select
        i._file,
        i._row,
        i.school_id,
        i.incident_identifier,
        s.student_unique_id as pupil_id,
        i.incident_date,
        i.incident_time,
        i.location,
        coalesce(s.behavior, i.behavior) as category
    from raw_incident_students as s
    inner join raw_incidents as i
        on s.school_id = i.school_id and s.incident_identifier = i.incident_identifier
    where coalesce(lower(trim(s.participation)), '') not in ('victim', 'witness', 'reporter')
),

graded as (
    select
        *,
        coalesce(listed(category, :severities), nullif(:severity_when_blank, '')) as severity
    from told
)

select
    concat_ws('~', school_id, incident_identifier, pupil_id) as event_id,
    pupil_id,
    as_date(incident_date) as date,
    'concern' as kind,
    category,
    severity,
    case
        when incident_time < '12:00' then 'AM'
        when incident_time is not null then 'PM'
    end as session,
    location,
    _file,
    _row
from graded
qualify
    row_number() over (
        partition by school_id, incident_identifier, pupil_id
        order by severity desc nulls last, category asc, _file asc, _row asc
    ) = 1
union all
select
    null as event_id,
    null as pupil_id,
    as_date(incident_date) as date,
    'concern' as kind,
    behavior as category,
    null as severity,
    null as session,
    null as location,
    _file,
    _row
from raw_incidents
where school_id is null or incident_identifier is null
