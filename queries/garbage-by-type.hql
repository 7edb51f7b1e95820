-- question: How much of the heap is garbage that was not collected yet, and of which types?
-- dumps: 1
--
-- `reachable` says whether a root keeps an object alive. Garbage is normal in a dump: what died since the last
-- collection of its generation. Much of it in gen2 means that no full collection took place for a while. The
-- second answer tells where it lies, the third of which types it is.

select reachable, count, size
where reachable is not null
group by reachable;

select gen, count, size
where not reachable
group by gen;

select type, count, size
where not reachable
group by type
limit 25;
