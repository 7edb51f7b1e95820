-- question: What do threads keep in fields of their own?
-- dumps: 1
-- param limit = 25: how many rows are shown
--
-- A [ThreadStatic] field has a value for each thread, kept until the thread ends, and threads of the pool rarely do. A
-- buffer there is multiplied by the number of threads. `ThreadLocal<T>` shows as the field `ts_slotArray`.

select name, type, count(distinct os_id) as threads, retained
from roots
where kind = 'thread_static'
group by name, type
order by retained desc
limit :limit;
