-- Which types grew, on which host: bytes in the first and the last dump of each process.
with dumps as (
    select host, process_run, dump,
           row_number() over (partition by host, process_run order by clock_ms) as number,
           count(*) over (partition by host, process_run) as total
    from (select distinct host, process_run, dump, clock_ms from types) as seen
),
sizes as (
    select host, process_run, dump, type, sum(count) as objects, sum(size) as bytes
    from types
    where type <> 'Free'
    group by host, process_run, dump, type
),
changes as (
    select s.host, s.type,
           sum(case when d.number = 1 then s.bytes else 0 end) as first_bytes,
           sum(case when d.number = d.total then s.bytes else 0 end) as last_bytes,
           sum(case when d.number = d.total then s.objects else 0 end)
               - sum(case when d.number = 1 then s.objects else 0 end) as more_objects
    from sizes s
    join dumps d on d.dump = s.dump and d.host = s.host
    group by s.host, s.process_run, s.type
)
select host, type, first_bytes, last_bytes, last_bytes - first_bytes as growth, more_objects
from changes
where last_bytes - first_bytes >= 16384
order by growth desc, type
