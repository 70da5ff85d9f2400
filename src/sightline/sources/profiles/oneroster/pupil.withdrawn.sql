-- Users who are to be deleted, and pupils none of whose roles is left.
select record_id as pupil_id
from raw_users
where not is_kept(status)
union all
select user_id as pupil_id
from raw_roles
where lower(trim(role)) = 'student'
group by user_id
having not bool_or(is_kept(status))
