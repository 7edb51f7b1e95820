-- question: Which objects of one type are the largest, and how many are there of each size?
-- dumps: 1
--
-- TO ASK ABOUT ANOTHER TYPE, edit the two lines that say 'System.Byte[]'. A name is spelled as
-- listings print it, for example 'System.Collections.Generic.List<System.String>'. Take an address
-- from the first answer to look closer at an object. In the second, many objects of one large size
-- are most likely buffers of a pool or a cache.

select address, size, length, gen
where type = 'System.Byte[]'
order by size desc
limit 25;

select size as bytes_each, count
where type = 'System.Byte[]'
group by size
order by count desc
limit 25;
