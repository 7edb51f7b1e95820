-- question: Which timers are running, and what do they keep alive?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- A running timer holds its callback and its state, and so do all timers of `Task.Delay` (delay), of time limits
-- (wait_async, cancel_after). Thousands alike are one that is made again and again and never disposed. Times are milliseconds;
-- what is due counts from when the timer was set or fired last.

select t.kind, t.callback, t.target_type, t.period_ms, min(t.due_ms) as least_due_ms, max(t.due_ms) as most_due_ms, count,
       sum(o.retained) as retained
from timers t join objects o on o.address = t.address
where t.due_ms is not null
group by t.kind, t.callback, t.target_type, t.period_ms
order by count desc
limit :limit;
