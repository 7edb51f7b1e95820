-- question: Which big arrays are nearly empty?
-- dumps: 1
--
-- Arrays of which less than a tenth is used (not null or zero): buffers that are kept though nobody uses them, and
-- collections that were filled once. The first answer sums them up by type, the second lists the biggest.

-- title: By type
select type, count, size, used, length
from arrays
where size >= 1kb and used * 10 < length
group by type
order by size desc
limit 20;

-- title: The biggest
select address, type, length, used, size
from arrays
where size >= 1kb and used * 10 < length
order by size desc
limit 20;
