-- question: What do lambdas keep alive?
-- dumps: 1
-- param limit = 20: how many rows are shown
--
-- A lambda that uses variables around it holds them in an object of a type `<>c__DisplayClass`; everything that it
-- mentions lives as long as the delegate. Many of one type, or one that retains much, is a callback somebody keeps.

-- title: Captured variables
select type, count, size, retained
where type like '%<>c__DisplayClass%'
group by type
order by retained desc
limit :limit;

-- title: Who holds the delegates over them
select source_type, field, target_type, count
from refs
where target in (select source from refs where field = '_target' and target_type like '%<>c__DisplayClass%')
group by source_type, field, target_type
limit :limit;
