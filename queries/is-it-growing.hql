-- question: Is it growing?
-- dumps: 2+
--
-- Ask dumps of one process, oldest first, each taken after the same load. What is reachable is what a collection would
-- leave: if that grows from dump to dump (`steady`), it is kept by something. Growth of the other row alone is garbage
-- that was not collected yet. The second answer tells where it lies: what lives long ends in gen2 and loh.

-- title: What is alive, and what is garbage
diff select reachable, count, size
where reachable is not null
group by reachable;

-- title: By generation
diff select gen, count, size
group by gen;
