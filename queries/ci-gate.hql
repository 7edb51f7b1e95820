-- question: Is the heap as a build may be let through with?
-- dumps: 1
-- param max_heap = 500mb: all reachable objects together take at most so much
-- param max_pending = 10000: at most so many tasks of one method wait
-- param max_handlers = 1000: an event has at most so many handlers
-- param max_wasted = 50mb: equal strings waste at most so much
--
-- Each assertion that fails is told, and the rest are still looked at. Copy it (`heapql run ci-gate --show > gate.hql`),
-- and add what your program promises: `assert count <= 100 from Shop.Session, 'sessions are not closed'`.

assert sum(size) <= :max_heap from objects where reachable, 'the heap is too big';

assert count <= :max_pending
from System.Threading.Tasks.Task+
where m_stateFlags % 33554432 < 16777216 and m_stateFlags % 8388608 < 2097152
group by type, 'too many tasks of one method wait';

assert _invocationCount <= :max_handlers
from System.MulticastDelegate+
where _invocationList is not null, 'an event has too many handlers';

assert coalesce(sum(wasted), 0) <= :max_wasted from duplicates, 'equal strings waste too much';

assert count = 0 from finalizers where state = 'ready', 'objects wait for the finalizer';
