-- All lessons of a class that has any; also those of a class that has none any more, in a school
-- whose timetable was given.
select class as class_id from raw_lessons
union
select c.record_id as class_id
from raw_classes as c
where c.school_id in (select l.school_id from raw_lessons as l)
union
select gone as class_id from raw_deletions
