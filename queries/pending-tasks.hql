-- question: Which tasks are pending, and in which methods?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- An async method that waits is a task on the heap with all its variables; one whose awaited event never comes stays.
-- Thousands of one method are that. A few of a server's own (accepting connections, running, shutting down) are normal.
-- The conditions read the flags of a task: bits 21, 22 and 24 say that it failed, was cancelled, or ran to its end.

select regex_extract(type, 'AsyncStateMachineBox<(.+)>$', 1) as method, count, size, retained
from System.Threading.Tasks.Task+
where m_stateFlags % 33554432 < 16777216 and m_stateFlags % 8388608 < 2097152 and type like '%AsyncStateMachineBox<%'
group by method
order by count desc
limit :limit;
