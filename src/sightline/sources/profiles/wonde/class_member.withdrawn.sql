-- A class that was given is given with all its pupils.
select record_id as class_id from raw_classes
union
select gone as class_id from raw_deletions
