-- question: Which string is the biggest, and how does it begin?
-- dumps: 1
--
-- The first answer is the biggest string with its first 200 characters, which mostly tell what it is: a
-- page, a document, a log that somebody keeps. The second lists the next ones. Whole texts are shown by
-- `select value from strings where address = 0x...`, better with `--format json` than as a table.

select address, length, size, gen, substr(value, 1, 200) as begins
from strings
order by length desc
limit 1;

select address, length, size, gen, substr(value, 1, 60) as begins
from strings
order by length desc
limit 25;
