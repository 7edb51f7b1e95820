-- question: Are there strings that should not be there?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- The first answer tells how much memory all strings take, the second shows the longest with their beginning, which
-- mostly tells what they are: a page, a document, a log that somebody keeps. From 42,489 characters on a string
-- lies on the large object heap. `select value from strings where address = 0x...` shows one whole.

-- title: All strings
select count, size, max(length) as longest
from strings;

-- title: The longest
select address, length, size, gen, substr(value, 1, 80) as begins
from strings
order by length desc
limit :limit;
