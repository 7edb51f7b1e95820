-- question: How is the free space on the heap cut up?
-- dumps: 1
--
-- Free space between objects is used again only for objects that fit. Much of it in pieces of some hundred bytes is
-- fragmentation by objects that stay while their neighbours went; much in few large pieces is not a problem.

-- title: By size of the pieces
select gen, case when size < 100 then '1: below 100 bytes' when size < 1kb then '2: below 1 KB'
    when size < 16kb then '3: below 16 KB' when size < 85000 then '4: below the large object heap'
    else '5: 85,000 bytes and more' end as piece, count, sum(size) as size
where type = 'Free'
group by gen, piece
order by gen, piece;
