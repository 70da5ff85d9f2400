-- The year's register as one line of letters for each pupil: morning, afternoon, next morning.
-- "-" stands where a mark was due and is missing, "." where none was due.
with grid as (
    select
        sheet_pupil.pupil_ref,
        day.no,
        half.session,
        case
            when
                day.date >= sheet_pupil.enrolled_on
                and day.date <= coalesce(sheet_pupil.left_on, day.date)
                and day.date between :first_mark and :last_mark
                then '-'
            else '.'
        end as blank
    from sheet_pupil
    cross join sheet_day as day
    cross join (values ('AM'), ('PM')) as half (session)
)

select
    grid.pupil_ref,
    string_agg(coalesce(mark.letter, grid.blank), '' order by grid.no, grid.session) as marks
from grid
left join sheet_session as mark
    on
        grid.pupil_ref = mark.pupil_ref
        and grid.no = mark.no
        and grid.session = mark.session
group by grid.pupil_ref
