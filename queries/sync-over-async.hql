-- question: Which threads block until a task has ended?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- A thread that calls Wait or Result, or GetAwaiter().GetResult(), on a task that has not ended is lost for as long. Where the pool's
-- threads do it, what would complete the task may wait in the pool's queue for a thread to become free: see thread-pool-queue. A
-- program's main thread that waits for its host to end is normal.

-- title: Tasks with threads that block on them
select distinct t.address, t.method, t.state, r.os_id
from tasks t left join roots r on r.object = t.blocks and r.kind = 'stack'
where t.blocks is not null
order by t.method, t.address, r.os_id
limit :limit;

-- title: What these tasks wait for
select chain, level, coalesce(method, type) as frame, async_state as at
from async_frames
where chain in (select chain from async_frames where address in (select blocks from tasks where blocks is not null))
order by chain, level
limit :limit;
