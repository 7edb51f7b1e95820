-- question: What grew?
-- dumps: 2+
-- param limit = 20: how many rows are shown
--
-- Types by size in each dump, the biggest growth first. Strings and arrays often lead, since they hold what the
-- objects of a program are made of: look for the first type of the program itself, which the second answer does.
-- `heapql diff` adds who holds the growth.

-- title: Types that grew most
diff select type, count, size
group by type
limit :limit;

-- title: Types outside of System and Microsoft, with what only they keep alive
diff select type, count, size, retained
where not (type like 'System.%' or type like 'Microsoft.%' or type like 'Internal.%' or type like 'Interop%' or type = 'Free')
group by type
limit :limit;
