-- question: What waits for a thread of the pool?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- A long queue means that the pool's threads are busy or blocked: look at what they do (threads) and whether they block on tasks
-- (sync-over-async). A thread's own queue (local) is emptied by itself from its end, by others from its beginning.

-- title: How much waits, and where
select queue, os_id, count
from work_items
group by queue, os_id
order by count desc;

-- title: What it is
select callback, target_type, type, count, min(position) as first_place
from work_items
group by callback, target_type, type
order by count desc
limit :limit;
