-- question: Which objects of one type are there, and which are the biggest?
-- dumps: 1
-- param type = System.String: the type; with a plus behind it also those that derive from it
-- param limit = 10: how many rows are shown
--
-- Where they lie tells their age: gen0 and gen1 are young, gen2 and loh have lived through collections. Take an address
-- to look closer: `object ADDRESS` shows its fields, `roots of ADDRESS` who keeps it alive.

-- title: How many, and how old
select gen, count, size, retained
from instances(:type)
group by gen;

-- title: How many of each size
select size as bytes_each, count
from instances(:type)
group by bytes_each
order by count desc
limit :limit;

-- title: The biggest
select address, size, length, gen, retained
from instances(:type)
order by size desc
limit :limit;
