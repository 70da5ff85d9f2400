-- Ids are unique at Wonde: those of other things match no pupil.
select gone as pupil_id from raw_deletions
