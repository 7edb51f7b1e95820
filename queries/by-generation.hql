-- question: How old is what is on the heap?
-- dumps: 1
--
-- One row a generation: gen0 and gen1 are young and soon collected; gen2 holds what lived on; loh
-- holds large objects and poh pinned ones, both collected together with gen2; frozen is never
-- collected. A gen2 that grows from dump to dump is what a leak looks like. The second answer
-- tells how much of each is free space between objects.

select gen, count, size
group by gen
order by gen;

select gen, count as gaps, size as free
where type = 'Free'
group by gen
order by gen;
