-- question: Which timers are running, and what do they keep alive?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- A running timer holds its callback and its state, and so do all timers of `Task.Delay`, of timeouts and of
-- CancellationTokenSource. Thousands alike are one that is made again and again and never disposed. Times are
-- milliseconds; a period of 4,294,967,295 means once.

select type_of(_timerCallback._target) as target, type_of(_state) as state, _dueTime as due_ms, _period as period_ms,
       count, retained
from System.Threading.TimerQueueTimer
group by target, state, due_ms, period_ms
order by count desc
limit :limit;
