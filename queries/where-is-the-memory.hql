-- question: Where is the process's memory: on the GC heap, or beside it?
-- dumps: 1
--
-- All memory that the dump knows of, by what it is for; the sizes add up to the whole. If gc is a small part of it, look
-- beside the heap: many stacks are many threads; a large loader_heap is many types (generated code, contexts that are
-- never unloaded); native_heap and unknown are native code. A heap dump holds no memory of files that nobody wrote
-- to, and none that was never touched: a dump of another kind may know of more.

-- title: By what it is for
select area, sum(ranges) as ranges, sum(size) as size, sum(saved) as saved
from memory_use
group by area
order by size desc;

-- title: In detail
select * from memory_use;

-- title: The largest ranges beside the GC heap and files
select address, kind, name, size, saved
from mappings
where area not in ('gc', 'files', 'reserved')
order by size desc
limit 15;
