-- question: Is the heap fragmented?
-- dumps: 1
--
-- One row a segment (a region, from .NET 7 on): what it holds, its bytes from the first object to
-- the last, how many of them are free space between objects, and their share in percent. Much
-- free space in few segments is usual after a collection; a large share in many segments of gen2
-- or loh is fragmentation, often by pinned objects. The second answer sums up by kind.

select start, heap, kind, size, free, round(100.0 * free / size, 1) as free_percent
from segments
where size > 0
order by free desc
limit 50;

select kind, count, sum(size) as size, sum(free) as free, round(100.0 * sum(free) / sum(size), 1) as free_percent
from segments
where size > 0
group by kind
order by free desc;
