-- What a list such as "Fighting = 4, Disruption = 2" gives for a word; null when it is not there.
create or replace temp macro listed(word, list) as
nullif(
    trim(
        split_part(
            list_filter(
                string_split(list, ','),
                lambda pair: lower(trim(split_part(pair, '=', 1))) = lower(trim(word))
            )[1],
            '=',
            2
        )
    ),
    ''
);

-- A section, as a class is called here.
create or replace temp macro section_id(school, school_year, session_name, section) as
concat_ws('~', school, school_year, session_name, section);

-- A grading period in words. Until version 6 it has a number within its year, then a name.
create or replace temp macro period_words(descriptor, own_name, sequence, school_year) as
coalesce(own_name, concat_ws(' ', descriptor, sequence, school_year));

-- The number of a grade level; below First grade it is 0 or less, null where it has no year.
create or replace temp macro grade_number(level) as
case lower(trim(level))
    when 'preschool/prekindergarten' then -1
    when 'kindergarten' then 0
    when 'first grade' then 1
    when 'second grade' then 2
    when 'third grade' then 3
    when 'fourth grade' then 4
    when 'fifth grade' then 5
    when 'sixth grade' then 6
    when 'seventh grade' then 7
    when 'eighth grade' then 8
    when 'ninth grade' then 9
    when 'tenth grade' then 10
    when 'eleventh grade' then 11
    when 'twelfth grade' then 12
    when 'grade 13' then 13
end;

-- Whether a calendar event opens the school to pupils, or closes it.
create or replace temp macro is_opening(event) as
lower(trim(event)) in ('instructional day', 'make-up day', 'student late arrival/early dismissal');

create or replace temp macro is_closing(event) as
lower(trim(event)) in (
    'holiday', 'weather day', 'emergency day', 'strike', 'non-instructional day', 'teacher only day'
);

-- How many sessions a record of attendance says were missed: by its duration in days, else by what
-- it is. A duration of nothing says nothing.
create or replace temp macro sessions_missed(category, duration) as
case
    when lower(trim(category)) in ('tardy', 'present', 'in attendance') then 0
    when coalesce(try_cast(duration as double), 0) <= 0
        then
            case
                when lower(trim(category)) in ('early departure', 'partial') then 0
                else 2
            end
    when try_cast(duration as double) < 0.25 then 0
    when try_cast(duration as double) < 0.75 then 1
    else 2
end;

-- The code of an absence: as little as its category claims.
create or replace temp macro absence_code(category, reason) as
case
    when regexp_matches(reason, '(?i)suspen|expel|expul') then 'E'
    when lower(trim(category)) = 'excused absence' then 'C'
    when lower(trim(category)) = 'unexcused absence' then 'O'
    when lower(trim(category)) in ('early departure', 'partial') then 'N'
end;

-- What the records of attendance say, a row for each pupil, day, session and code. `strength`: 0 a
-- word that is not known, 1 a whole day away, 2 one session away, 3 late, 4 there.
create or replace temp macro attendance_said(attendance_events) as table
    with told as (
        select
            *,
            student_unique_id as pupil_id,
            school_id,
            as_date(event_date) as said_date,
            lower(trim(category)) as said,
            sessions_missed(category, duration) as missed,
            case
                when lower(trim(category)) in ('tardy', 'present', 'in attendance') then ''
                else absence_code(category, reason)
            end as away,
            coalesce(arrival_time >= '12:00', false) as came_after_noon,
            case
                when
                    arrival_time is not null and lower(trim(category)) <> 'early departure'
                    then 'AM'
                else 'PM'
            end as missed_first
        from query_table(attendance_events)
    ),

    -- Two records of half a day are for both halves: the second one is for the other session.
    halves as (
        select
            *,
            row_number() over (
                partition by pupil_id, said_date, missed = 1
                order by away, missed_first, _file, _row
            ) as nth,
            first_value(missed_first) over (
                partition by pupil_id, said_date, missed = 1
                order by away, missed_first, _file, _row
            ) as missed_before
        from told
    ),

    sessions as (
        select
            h.*,
            s.session,
            case s.session when 'AM' then '/' else '\' end as there,
            case
                when h.nth = 2 and h.missed_before = 'AM' then 'PM'
                when h.nth = 2 then 'AM'
                else h.missed_first
            end as missed_session
        from halves as h
        cross join (values ('AM'), ('PM')) as s (session)
    ),

    coded as (
        select
            *,
            case
                when away is null then category
                when said = 'tardy' and came_after_noon and session = 'AM' then 'N'
                when said = 'tardy' and came_after_noon = (session = 'PM') then 'L'
                when missed = 2 or (missed = 1 and nth <= 2 and session = missed_session) then away
                else there
            end as code,
            case
                when away is null then 0
                when missed = 2 then 1
                when missed = 1 and nth <= 2 and session = missed_session then 2
                when said = 'tardy' and came_after_noon and session = 'AM' then 2
                when said = 'tardy' and came_after_noon = (session = 'PM') then 3
                else 4
            end as strength
        from sessions
    ),

    -- Of what is told of a session the strongest stands; only what a whole day away is told against
    -- stands beside it, to be refused with it as a conflict.
    strongest as (
        select
            *,
            min(strength) over (partition by pupil_id, said_date, session) as least
        from coded
    )

    select
        pupil_id,
        school_id,
        said_date,
        try_cast(said_date as date) as day,
        session,
        code,
        min(_file) as _file,
        arg_min(_row, (_file, _row)) as _row
    from strongest
    where pupil_id is not null and category is not null and (strength = least or least = 1)
    group by pupil_id, school_id, said_date, session, code
    union all
    select
        pupil_id,
        school_id,
        said_date,
        try_cast(said_date as date) as day,
        null as session,
        category as code,
        _file,
        _row
    from told
    where pupil_id is null or category is null;

-- The open days of each school and what is known of them. `state`: `known` when attendance was
-- taken, `silent` within a long stretch without any record, `waiting` for what the next days bring,
-- `unsaid` when too little was asked for to tell.
create or replace temp macro attendance_days(
    calendar, attendance_events, asked_days, settle_days
) as table
    with asked as (
        select
            school_id,
            try_cast(event_date as date) as day,
            is_changed = 'true' as is_changed,
            event_date is null as is_every_day,
            try_cast(asked_on as date) as asked_on
        from query_table(asked_days)
    ),

    -- Bulk files have no such rows: they hold everything up to their last record.
    heard as (
        select distinct
            school_id,
            try_cast(as_date(event_date) as date) as day
        from query_table(attendance_events)
        where category is not null
        union
        select distinct
            school_id,
            day
        from asked
        where is_changed
    ),

    limits as (
        select
            c.school_id,
            b.is_bulk,
            case when b.is_bulk then max(h.day) else a.asked_on end as last_day,
            max(h.day) filter (where b.is_bulk or h.day <= a.asked_on) as last_heard,
            coalesce(a.is_whole, false) as is_whole
        from (select distinct school_id from query_table(calendar)) as c
        cross join (select count(*) = 0 as is_bulk from asked) as b
        left join heard as h on c.school_id = h.school_id
        left join (
            select
                school_id,
                max(asked_on) as asked_on,
                bool_or(is_every_day) as is_whole
            from asked
            group by school_id
        ) as a on c.school_id = a.school_id
        group by c.school_id, b.is_bulk, a.asked_on, a.is_whole
    ),

    opened as (
        select
            school_id,
            try_cast(as_date(date) as date) as day
        from query_table(calendar)
        group by school_id, try_cast(as_date(date) as date)
        having bool_or(is_opening(event)) and not bool_or(is_closing(event))
    ),

    told as (
        select
            o.school_id,
            o.day,
            l.last_heard,
            case
                when not (l.is_bulk or l.is_whole or a.day is not null) then 'not asked'
                when h.day is not null then 'heard'
                else 'empty'
            end as kind,
            count(*) over (partition by o.school_id order by o.day desc) - 1 as days_since
        from opened as o
        inner join limits as l on o.school_id = l.school_id and o.day <= l.last_day
        left join heard as h on o.school_id = h.school_id and o.day = h.day
        left join (select distinct school_id, day from asked) as a
            on o.school_id = a.school_id and o.day = a.day
    ),

    numbered as (
        select
            *,
            row_number() over (partition by school_id order by day)
            - row_number() over (partition by school_id, kind order by day) as stretch,
            lag(kind) over (partition by school_id order by day) as kind_before,
            lead(kind) over (partition by school_id order by day) as kind_after
        from told
    ),

    measured as (
        select
            *,
            count(*) over (partition by school_id, kind, stretch) as length,
            bool_or(kind_before = 'not asked' or kind_after = 'not asked')
                over (partition by school_id, kind, stretch) as is_cut
        from numbered
    )

    select
        school_id,
        day,
        stretch,
        length,
        case
            when kind = 'heard' then 'known'
            when kind = 'not asked' then 'unsaid'
            when length >= 5 then 'silent'
            when is_cut then 'unsaid'
            when day < last_heard or days_since >= coalesce(try_cast(settle_days as integer), 1)
                then 'known'
            else 'waiting'
        end as state
    from measured;

-- The marks of pupils who have no record on a day that is known, where records are exceptions.
create or replace temp macro attendance_assumed(
    enrolments, calendar, attendance_events, asked_days, settle_days, attendance
) as table
    with positive as (
        select
            school_id,
            count(*) filter (where lower(trim(category)) in ('present', 'in attendance')) as there,
            count(*) as records
        from query_table(attendance_events)
        where category is not null
        group by school_id
    ),

    on_roll as (
        select
            e.student_unique_id as pupil_id,
            d.school_id,
            d.day,
            e._file,
            e._row
        from query_table(enrolments) as e
        inner join attendance_days(calendar, attendance_events, asked_days, settle_days) as d
            on
                e.school_id = d.school_id
                and d.day >= try_cast(as_date(e.entry_date) as date)
                and d.day <= coalesce(try_cast(as_date(e.exit_withdraw_date) as date), d.day)
                and d.state = 'known'
        left join positive as p on d.school_id = p.school_id
        where
            e.student_unique_id is not null
            and (attendance = 'exceptions' or (attendance = '' and p.there * 5 <= p.records))
        qualify
            row_number() over (
                partition by e.student_unique_id, d.day
                order by as_date(e.entry_date) desc, d.school_id, e._file asc, e._row asc
            ) = 1
    )

    select
        r.pupil_id,
        r.school_id,
        r.day,
        s.session,
        case s.session when 'AM' then '/' else '\' end as code,
        r._file,
        r._row
    from on_roll as r
    cross join (values ('AM'), ('PM')) as s (session)
    where
        not exists (
            select 1
            from query_table(attendance_events) as a
            where
                a.student_unique_id = r.pupil_id
                and try_cast(as_date(a.event_date) as date) = r.day
        );
