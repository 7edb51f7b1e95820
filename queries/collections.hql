-- question: Which dictionaries are the fullest, and which have the most room for nothing?
-- dumps: 1
--
-- A collection that grew and was then emptied keeps its room. The first answer has the dictionaries with
-- the most items, the second those whose room is used least, the biggest waste first: `fill` is items by
-- capacity. Empty ones that never held anything have no room and are left out.
--
-- TO ASK ABOUT OTHER COLLECTIONS, edit the lines that say 'System.Collections.Generic.Dictionary<%'.

select address, type, count, capacity, round(fill, 2) as fill, wasted
from collections
where type like 'System.Collections.Generic.Dictionary<%'
order by count desc
limit 10;

select address, type, count, capacity, round(fill, 2) as fill, wasted
from collections
where type like 'System.Collections.Generic.Dictionary<%' and capacity > 0
order by fill, wasted desc
limit 10;
