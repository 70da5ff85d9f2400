-- An incident that was given is given with all its pupils.
select record_id as event_id from raw_behaviours
union
select record_id as event_id from raw_achievements
union
select gone as event_id from raw_deletions
