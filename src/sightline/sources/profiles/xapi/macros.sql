-- What is counted under which kind; null for verbs that are not.
create or replace temp macro engagement_kind(verb) as
case
    when verb = 'attended' then 'campus'
    when
        verb in ('viewed', 'accessed', 'loggedin', 'completed', 'posted', 'submitted')
        then 'vle'
end;
