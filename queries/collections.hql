-- question: Which dictionaries are the fullest, and which have the most room for nothing?
-- dumps: 1
-- param like = System.Collections.Generic.Dictionary<%: the types that are looked at, % being anything
-- param limit = 10: how many rows are shown
--
-- A collection that grew and was then emptied keeps its room. The first answer has the dictionaries with
-- the most items, the second those whose room is used least, the biggest waste first: `fill` is items by
-- capacity. Empty ones that never held anything have no room and are left out.

select address, type, count, capacity, round(fill, 2) as fill, wasted
from collections
where type like :like
order by count desc
limit :limit;

select address, type, count, capacity, round(fill, 2) as fill, wasted
from collections
where type like :like and capacity > 0
order by fill, wasted desc
limit :limit;
