-- question: Which threads are there, and what do they wait for?
-- dumps: 1
--
-- `managed_id` is null for threads of the operating system that the runtime does not know: its own helpers and those of
-- native libraries. A thread without a row of its own in the second answer runs, or waits in code that is not the runtime's.

-- title: Threads
select managed_id, os_id, name, state, locks, exception_type, exception_message
from threads
where managed_id is not null;

-- title: What they wait for
select kind, type, owner_name as held_by, method, count
from waits
group by kind, type, held_by, method
order by count desc;
