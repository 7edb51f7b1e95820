-- question: Which big arrays are nearly empty?
-- dumps: 1
-- param min = 1kb: arrays at least so big
-- param fill = 10: arrays of which at most so many percent are used
-- param limit = 20: how many rows are shown
--
-- Arrays of which little is used (elements that are not null or zero): buffers that are kept though nobody uses them, and
-- collections that were filled once. The first answer sums them up by type, the second lists the biggest.

-- title: By type
select type, count, size, used, length
from arrays
where size >= :min and used * 100 <= length * :fill
group by type
order by size desc
limit :limit;

-- title: The biggest
select address, type, length, used, size
from arrays
where size >= :min and used * 100 <= length * :fill
order by size desc
limit :limit;
