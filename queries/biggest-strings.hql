-- Are there strings that should not be there?
--
-- The first answer tells how much memory all strings take; the second lists the largest, with
-- their length in characters. A string of more than 42,485 characters takes 85,000 bytes and lies
-- on the large object heap (`loh`), where it is collected with generation 2 only.

select count, size
where type = 'System.String';

select address, length, size, gen
where type = 'System.String'
order by size desc
limit 25;
