-- question: What fragments my heap?
-- dumps: 1
-- param limit = 20: how many rows are shown
--
-- Free space that stays between objects is fragmentation. What is pinned cannot be moved, so that a collection leaves the free
-- space before it as it is: look whether the first table's free bytes are those of the second. If so, the types there are to blame:
-- buffers that stay pinned belong into a pool, or onto the pinned heap (poh). If not, the space is free because nothing has
-- compacted since (gen2 and loh are swept mostly): `gc` tells the last collection.

-- title: Free space by generation
select kind, count, sum(size) as size, sum(free) as free, round(100.0 * sum(free) / sum(size), 1) as free_percent
from segments
where size > 0
group by kind
order by free desc;

-- title: Free space that lies before pinned objects
select gen, kind, type, count, sum(free_before) as free_before
from pinned
where kind <> 'pinned_heap'
group by gen, kind, type
order by free_before desc
limit :limit;

-- title: The segments with the most of it
select p.segment, s.kind, count, s.size as segment_size, s.free as segment_free, sum(p.free_before) as before_pinned
from pinned p
join segments s on s.address = p.segment
where p.kind <> 'pinned_heap'
group by p.segment, s.kind, s.size, s.free
order by before_pinned desc
limit :limit;

-- title: What the collector says
select name, value
from gc
where name in ('last_gc', 'last_gc_generation', 'last_gc_compacting', 'last_gc_background', 'last_gc_pinned_objects',
    'gen2_collections', 'DOTNET_GCConserveMemory', 'System.GC.ConserveMemory');
