-- question: Which locks are held, and who waits for them?
-- dumps: 1
--
-- A lock for which many wait is held too long, or by somebody who waits for something else: the second answer says what
-- its owner is waiting for.

-- title: Locks that are held or waited for
select type, object, kind, owner_name as held_by, owner as os_id, recursion, waiters
from locks
where owner is not null or waiters > 0
order by waiters desc;

-- title: What the owners wait for themselves
select name as owner, os_id, kind, type as waits_for, object, owner_name as held_by, method
from waits
where os_id in (select owner from locks);
