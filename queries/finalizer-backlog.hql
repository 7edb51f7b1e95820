-- question: Does the finalizer thread keep up?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- `ready` are objects that nothing holds any more and whose finalizer waits to run: many of them mean that the finalizer
-- thread is blocked or too slow, and all that they hold waits with them. Many that are `live` and should be gone
-- were not disposed: disposing takes an object out of this table.

-- title: How many wait
select state, count
from finalizers
group by state;

-- title: Of which types
select type, state, gen, count
from finalizers
group by type, state, gen
order by count desc
limit :limit;

-- title: What those that wait keep alive
select type, count, size
from retained_by(select object from finalizers where state = 'ready')
group by type
limit :limit;
