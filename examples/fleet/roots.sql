-- What holds them in the end: from the leaked objects reference by reference up to objects that roots hold. Six steps
-- are written out, which any warehouse runs; one with `with recursive` goes all the way.
with last_dumps as (
    select dump
    from (
        select dump, row_number() over (partition by host, process_run order by clock_ms desc) as number
        from (select distinct host, process_run, dump, clock_ms from types) as seen
    ) as numbered
    where number = 1
),
links as (select r.dump, r.source, r.target from refs r join last_dumps l on l.dump = r.dump),
step0 as (
    select o.dump, o.address as object
    from objects o
    join last_dumps l on l.dump = o.dump
    where o.type = 'testwebapi.Controllers.Customer'
),
step1 as (select distinct k.dump, k.source as object from links k join step0 s on s.dump = k.dump and s.object = k.target),
step2 as (select distinct k.dump, k.source as object from links k join step1 s on s.dump = k.dump and s.object = k.target),
step3 as (select distinct k.dump, k.source as object from links k join step2 s on s.dump = k.dump and s.object = k.target),
step4 as (select distinct k.dump, k.source as object from links k join step3 s on s.dump = k.dump and s.object = k.target),
step5 as (select distinct k.dump, k.source as object from links k join step4 s on s.dump = k.dump and s.object = k.target),
reached as (
    select *, 0 as steps from step0
    union all select *, 1 from step1
    union all select *, 2 from step2
    union all select *, 3 from step3
    union all select *, 4 from step4
    union all select *, 5 from step5
)
select r.host, r.kind, r.name, r.type, min(s.steps) as steps, count(distinct s.object) as objects
from roots r
join reached s on s.dump = r.dump and s.object = r.object
where r.kind = 'static'
group by r.host, r.kind, r.name, r.type
order by steps, r.name
