-- Every class of the pupil: own use against the mean of the others. They do not add up: the class
-- with the lowest share speaks (part `now`); the others (part `other`) say why they do not.
with joined as (
    select
        scope.pupil_ref,
        scope.as_of,
        class_member.class_id,
        min(class_member.from_on) as joined_on
    from scope
    inner join enrolled on scope.pupil_ref = enrolled.pupil_ref
    inner join class_member
        on
            scope.pupil_ref = class_member.pupil_ref
            and enrolled.enrolled_on <= class_member.from_on
            and scope.as_of between class_member.from_on
            and coalesce(class_member.to_on, scope.as_of)
    group by scope.pupil_ref, scope.as_of, class_member.class_id
),

used as (
    select
        member.class_id,
        member.pupil_ref,
        member.as_of,
        sum(coalesce(engagement.quantity, 0)) as quantity
    from (
        select distinct
            class_member.class_id,
            pupil.pupil_ref,
            pupil.enrolled_on,
            dates.as_of
        from class_member
        inner join pupil
            on
                class_member.pupil_ref = pupil.pupil_ref
                and pupil.enrolled_on <= class_member.from_on
        inner join (select distinct class_id, as_of from joined) as dates
            on
                class_member.class_id = dates.class_id
                and class_member.from_on <= dates.as_of
                and coalesce(class_member.to_on, dates.as_of) >= dates.as_of
                and coalesce(pupil.left_on, dates.as_of) >= dates.as_of
    ) as member
    left join engagement
        on
            member.class_id = engagement.class_id
            and member.pupil_ref = engagement.pupil_ref
            and engagement.date between member.enrolled_on and member.as_of
            and date_diff('day', engagement.date, member.as_of) < :window_days
            and engagement.kind = 'vle'
    group by member.class_id, member.pupil_ref, member.as_of
),

compared as (
    select
        joined.pupil_ref,
        joined.as_of,
        joined.class_id,
        own.quantity as own,
        count(*) - 1 as others,
        (sum(used.quantity) - own.quantity) / nullif(count(*) - 1, 0) as mean,
        date_diff('day', joined.joined_on, joined.as_of) + 1 as member_days,
        date_diff('day', started.started_on, joined.as_of) as class_days
    from joined
    inner join used on joined.class_id = used.class_id and joined.as_of = used.as_of
    inner join used as own
        on
            joined.class_id = own.class_id
            and joined.as_of = own.as_of
            and joined.pupil_ref = own.pupil_ref
    inner join (
        select
            class_id,
            min(from_on) as started_on
        from class_member
        group by class_id
    ) as started on joined.class_id = started.class_id
    group by
        joined.pupil_ref,
        joined.as_of,
        joined.class_id,
        joined.joined_on,
        started.started_on,
        own.quantity
),

judged as (
    select
        *,
        case
            when others < :min_peers then others || ' others; :min_peers are needed'
            when class_days < :min_class_days
                then 'running for ' || class_days || ' days; :min_class_days are needed'
            when member_days < :min_member_days
                then 'a member for ' || member_days || ' days; :min_member_days are needed'
            when not mean > 0 then 'no use by the ' || others || ' others'
        end as left_out,
        case when mean > 0 then own / mean end as share
    from compared
),

ranked as (
    select
        *,
        row_number() over (
            partition by pupil_ref, as_of
            order by case when left_out is null then 0 else 1 end, round(share, 9), class_id
        ) as place
    from judged
)

select
    ranked.pupil_ref,
    ranked.as_of,
    ranked.as_of as date,
    coalesce(class.name, class.subject, ranked.class_id) as what,
    coalesce(
        ranked.left_out,
        printf('%.1f%% of the mean of the other %d', 100 * ranked.share, ranked.others)
    ) as detail,
    ranked.own as counts,
    ranked.mean as "of",
    case when ranked.left_out is null and ranked.place = 1 then 'now' else 'other' end as part
from ranked
left join class on ranked.class_id = class.class_id
