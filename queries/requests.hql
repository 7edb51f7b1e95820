-- question: Which requests are under way, and since when?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- `in` are requests that Kestrel is answering, `out` those that HttpClient made. Many of one path that run for long wait for
-- the same: see async-stacks. Many that wait for a connection are more than a pool of connections is allowed to have.

-- title: By path
select direction, state, method, path, count, max(running_ms) as longest_ms
from requests
group by direction, state, method, path
order by count desc, longest_ms desc
limit :limit;

-- title: One by one, those under way for longest first
select address, direction, state, method, path, query, peer, start, running_ms, id, trace
from requests
order by running_ms desc
limit :limit;
