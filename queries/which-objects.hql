-- question: Which objects of one type are there, and which are the biggest?
-- dumps: 1
--
-- Where they lie tells their age: gen0 and gen1 are young, gen2 and loh have lived through collections. Take an address
-- to look closer: `object ADDRESS` shows its fields, `roots of ADDRESS` who keeps it alive.

-- title: How many, and how old
select gen, count, size, retained
from instances('System.Byte[]')
group by gen;

-- title: How many of each size
select size as bytes_each, count, size
from instances('System.Byte[]')
group by bytes_each
order by count desc
limit 10;

-- title: The biggest
select address, size, length, gen, retained
from instances('System.Byte[]')
order by size desc
limit 10;
