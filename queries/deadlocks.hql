-- question: Which threads wait for each other and will never go on?
-- dumps: 1
--
-- A deadlock is a circle: each thread waits for a lock that the next one holds, the last one for what the first holds. The
-- way out is to take locks in one order everywhere; `method` says where each of them is taken. Threads that wait for one
-- of the circle's without being part of it hang as well.

-- title: The circles
select deadlock, position, name as thread, os_id, type as waits_for, object, owner_name as held_by, method
from deadlocks
order by deadlock, position;

-- title: Threads that wait for one of them
select name as thread, os_id, type as waits_for, object, owner_name as held_by, method
from waits
where owner in (select os_id from deadlocks) and os_id not in (select os_id from deadlocks);
