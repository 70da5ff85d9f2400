-- Use of the learning platform over 14 days against the others in the same class.
with asked as (
    select distinct as_of
    from scope
),

classes as (
    select
        class_id,
        min(from_on) as started_on
    from class_member
    where
        class_id in (
            select class_id from class_member
            where pupil_ref in (select pupil_ref from scope)
        )
    group by class_id
),

-- Everyone in the class on the day, whatever their school: peers are not only those asked about.
member as (
    select
        class_member.class_id,
        class_member.pupil_ref,
        asked.as_of,
        pupil.enrolled_on,
        max(
            case
                when date_diff('day', class_member.from_on, asked.as_of) >= :min_member_days - 1
                    then 1
                else 0
            end
        ) as is_settled
    from class_member
    inner join classes on class_member.class_id = classes.class_id
    inner join pupil
        on
            class_member.pupil_ref = pupil.pupil_ref
            and class_member.from_on >= pupil.enrolled_on
    inner join asked
        on
            class_member.from_on <= asked.as_of
            and coalesce(class_member.to_on, asked.as_of) >= asked.as_of
            and coalesce(pupil.left_on, asked.as_of) >= asked.as_of
            and pupil.enrolled_on <= asked.as_of
            and date_diff('day', classes.started_on, asked.as_of) >= :min_class_days
    group by class_member.class_id, class_member.pupil_ref, asked.as_of, pupil.enrolled_on
),

used as (
    select
        member.class_id,
        member.pupil_ref,
        member.as_of,
        sum(engagement.quantity) as quantity
    from member
    inner join engagement
        on
            member.class_id = engagement.class_id
            and member.pupil_ref = engagement.pupil_ref
            and engagement.date <= member.as_of
            and date_diff('day', engagement.date, member.as_of) < :window_days
            and engagement.date >= member.enrolled_on
    where engagement.kind = 'vle'
    group by member.class_id, member.pupil_ref, member.as_of
),

class_use as (
    select
        member.class_id,
        member.as_of,
        count(*) as members,
        sum(coalesce(used.quantity, 0)) as quantity
    from member
    left join used
        on
            member.class_id = used.class_id
            and member.pupil_ref = used.pupil_ref
            and member.as_of = used.as_of
    group by member.class_id, member.as_of
),

compared as (
    select
        member.pupil_ref,
        member.as_of,
        member.class_id,
        class_use.members - 1 as peers,
        coalesce(used.quantity, 0) as own,
        (class_use.quantity - coalesce(used.quantity, 0)) / (class_use.members - 1) as peer_mean
    from member
    inner join class_use
        on member.class_id = class_use.class_id and member.as_of = class_use.as_of
    left join used
        on
            member.class_id = used.class_id
            and member.pupil_ref = used.pupil_ref
            and member.as_of = used.as_of
    where member.is_settled = 1 and class_use.members >= :min_peers + 1
),

ranked as (
    select
        *,
        case when peer_mean > 0 then own / peer_mean end as ratio,
        row_number() over (
            partition by pupil_ref, as_of
            order by
                case when peer_mean > 0 then 0 else 1 end,
                case when peer_mean > 0 then round(own / peer_mean, 9) end,
                class_id
        ) as place
    from compared
),

measured as (
    select
        scope.pupil_ref,
        scope.school_id,
        scope.as_of,
        ranked.class_id,
        ranked.peers,
        ranked.own,
        ranked.peer_mean,
        ranked.ratio
    from scope
    left join ranked
        on
            scope.pupil_ref = ranked.pupil_ref
            and scope.as_of = ranked.as_of
            and ranked.place = 1
)

select
    pupil_ref,
    school_id,
    as_of,
    case
        when ratio is null then 'cannot_tell'
        when ratio < :share_of_peers - 1e-9 then 'flag'
        else 'clear'
    end as outcome,
    case
        when class_id is null then 'no_class_counts'
        when ratio is null then 'no_peer_use'
    end as reason,
    ratio as value,
    ratio as level,
    case when ratio is not null then own end as numerator,
    case when ratio is not null then peer_mean end as denominator,
    as_of - (:window_days - 1) as window_from,
    as_of as window_to,
    :window_days as days,
    peers as earlier_numerator,
    null as earlier_denominator
from measured
