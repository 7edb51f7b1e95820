-- Who refers to what leaked: the fields from which most references lead to a type, in the last dump of each process.
with last_dumps as (
    select dump
    from (
        select dump, row_number() over (partition by host, process_run order by clock_ms desc) as number
        from (select distinct host, process_run, dump, clock_ms from types) as seen
    ) as numbered
    where number = 1
)
select host, target_type, source_type, field, count(*) as refs, count(distinct source) as sources
from (
    select r.host, r.target_type, r.source_type, r.source,
           case when r.kind = 'element' then '[]' else r.field end as field
    from refs r
    join last_dumps l on l.dump = r.dump
    where r.target_type in ('testwebapi.Controllers.Customer', 'testwebapi.Services.Session')
) as fields
group by host, target_type, source_type, field
having count(*) >= 10
order by refs desc, target_type, source_type, field
