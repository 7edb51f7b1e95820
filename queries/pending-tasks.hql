-- question: Which tasks are pending, and in which methods?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- An async method that waits is a task on the heap with all its variables; one whose awaited event never comes stays.
-- Thousands of one method are that. A few of a server's own (accepting connections, running, shutting down) are normal. `at` is
-- the await in the method, counted from 0. What they wait for: see async-stacks.

select t.method, t.state, t.async_state as at, count, sum(o.size) as size, sum(o.retained) as retained
from tasks t join objects o on o.address = t.address
where t.state not in ('ran_to_completion', 'canceled', 'faulted') and t.method is not null
group by t.method, t.state, at
order by count desc
limit :limit;
