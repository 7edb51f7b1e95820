-- question: How many bytes do equal strings waste?
-- dumps: 1
-- param min = 2: texts of which there are at least so many
-- param limit = 25: how many rows are shown
--
-- Strings that hold the same text could be one string. The first answer is what all of them together cost
-- beyond the first of each; the second the texts that cost most. Texts with thousands of copies mostly come
-- from a file, a database or the net and could be interned, or kept as numbers.

select count(*) as texts, sum(count) as strings, size, wasted
from duplicates;

select substr(value, 1, 80) as begins, count, size, wasted
from duplicates
where count >= :min
order by wasted desc
limit :limit;
