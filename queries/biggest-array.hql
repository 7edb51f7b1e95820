-- question: Who keeps the biggest array alive?
-- dumps: 1
--
-- Every root that reaches it, the shortest path first, with the field by which each object holds the next.

roots of (select address from arrays order by size desc limit 1);
