-- question: What is on the large object heap?
-- dumps: 1
-- param limit = 20: how many rows are shown
--
-- Objects of 85,000 bytes and more are allocated there, collected with gen2 only, and not moved unless asked for. Many
-- short-lived buffers make it grow and full of holes: `Free` are the holes. Rent such buffers from an ArrayPool.

-- title: By type
select type, count, size, max(size) as biggest
where gen = 'loh'
group by type
limit :limit;

-- title: The biggest
select address, type, length, size, retained
where gen = 'loh' and type <> 'Free'
order by size desc
limit :limit;
