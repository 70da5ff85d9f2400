select gone as result_id from raw_deletions
