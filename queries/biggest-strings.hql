-- question: Are there strings that should not be there?
-- dumps: 1
--
-- The first answer tells how much memory all strings take; the second lists the largest, with
-- their length in characters. From 42,489 characters on a string takes 85,000 bytes and lies on
-- the large object heap (`loh`), which is collected together with generation 2 only.

select count, size
where type = 'System.String';

select address, length, size, gen
where type = 'System.String'
order by size desc
limit 25;
