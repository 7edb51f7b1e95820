-- question: What grew from dump to dump?
-- dumps: 2+
--
-- Asked of two dumps or more, oldest first: types by size in each dump, the biggest growth first. `heapql diff`
-- adds who holds the growth.

diff select type, count, size group by type limit 20;
