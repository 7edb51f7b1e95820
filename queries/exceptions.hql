-- question: Which exceptions are on the heap, and is one in flight?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- The runtime keeps one each of OutOfMemoryException, StackOverflowException and ExecutionEngineException ready. Many of
-- one type with the same message are thrown again and again, or somebody keeps them, with all their stacks.

-- title: By type and message
select type, message, count, retained
from exceptions
group by type, message
order by count desc
limit :limit;

-- title: Those of a thread, or thrown, with the method that threw
select address, type, message, thread, stack
from exceptions
where thread is not null or stack is not null
limit :limit;
