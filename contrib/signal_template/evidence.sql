-- The rows behind the figures, for `sightline explain`: exactly those that signal.sql counts.
select
    scope.pupil_ref,
    scope.as_of,
    w.date,
    'what it is' as what,
    'what people should know of it' as detail,
    1 as counts,
    null as "of",
    'now' as part
from scope
inner join window_day as w on scope.school_id = w.school_id and scope.as_of = w.as_of
where w.back < :window_days
