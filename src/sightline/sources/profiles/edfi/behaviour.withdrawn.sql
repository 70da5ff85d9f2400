-- Incidents that were asked for with everyone in them: who is not in them any more.
select concat_ws('~', school_id, incident_identifier) as event_id
from raw_asked_incidents
