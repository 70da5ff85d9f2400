-- What else is true of the pupils asked about, over the last 20 school days.
with praise as (
    select
        behaviour.pupil_ref,
        count(*) as praised
    from behaviour
    inner join enrolled
        on behaviour.pupil_ref = enrolled.pupil_ref and behaviour.date >= enrolled.enrolled_on
    inner join window_day as w on enrolled.school_id = w.school_id and behaviour.date = w.date
    where w.back < 20 and behaviour.kind = 'praise' and w.as_of = :as_of
    group by behaviour.pupil_ref
),

sessions as (
    select
        day.pupil_ref,
        sum(day.possible) as possible,
        sum(day.attended) as attended,
        sum(day.late) as late
    from attendance_day as day
    inner join window_day as w on day.school_id = w.school_id and day.date = w.date
    where w.back < 20 and w.as_of = :as_of
    group by day.pupil_ref
)

select
    scope.pupil_ref,
    coalesce(praise.praised, 0) as praised,
    coalesce(sessions.possible, 0) as possible,
    coalesce(sessions.attended, 0) as attended,
    coalesce(sessions.late, 0) as late
from scope
left join praise on scope.pupil_ref = praise.pupil_ref
left join sessions on scope.pupil_ref = sessions.pupil_ref
where scope.as_of = :as_of
