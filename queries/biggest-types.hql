-- question: Which types take the most memory?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- One row a type: how many objects of exactly this type, and their bytes together. The size is
-- that of the objects themselves, without what they refer to: a dictionary's row does not hold its
-- entries, which are arrays further up. `Free` is not a type but the gaps between objects that a
-- collection left behind.

select type, count, size
group by type
order by size desc
limit :limit;
