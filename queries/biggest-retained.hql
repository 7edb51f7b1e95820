-- question: What would free the most memory if it went?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- `retained` counts what only these objects keep alive: their own bytes and those of everything that no root would
-- reach without them. Of a type it counts each byte once, also where one object of the type holds another. The
-- second answer lists single objects; `dominator` is the nearest object that each hangs on, null where only roots
-- hold it. `roots of ADDRESS` tells who keeps one alive.

select type, count, size, retained
group by type
order by retained desc
limit :limit;

select address, type, size, retained, dominator
order by retained desc
limit :limit;
