-- question: Is the heap fragmented by pinned objects?
-- dumps: 1
--
-- A collection cannot move what is pinned, so the space around it stays free. Look for a segment or region with much
-- free space and for many pinned objects in the same generation. Buffers of sockets and files are pinned while they are
-- used; thousands that stay pinned belong into a pool or onto the pinned heap (poh), where pinning costs nothing.

-- title: Free space by sort of segment
select kind, count, sum(size) as size, sum(free) as free, round(100.0 * sum(free) / sum(size), 1) as free_percent
from segments
where size > 0
group by kind
order by free desc;

-- title: Handles that pin
select kind, type, count
from handles
where kind in ('pinned', 'async_pinned')
group by kind, type
limit 20;

-- title: What they pin, and where it lies
select gen, type, count, size
where address in (select object from handles where kind in ('pinned', 'async_pinned'))
group by gen, type
limit 20;
