-- question: Where do async calls wait, and who awaits them?
-- dumps: 1
-- param limit = 15: how many stacks are shown
-- param like = '%': the methods that are looked for; a stack is shown whole when one of its frames is of them
--
-- An async call that waits is on no thread's stack. These are the logical ones: at level 0 what everything waits for (a promise,
-- a delay, a socket), above it who awaits whom. Calls that wait alike are counted together. `at` is the await in the method, counted
-- from 0; a method that runs has -1. A stack that ends in SetOnInvokeMres has a thread that blocks on it.

select stack, level, first(coalesce(method, type)) as frame, first(async_state) as at, count as calls
from async_frames
where stack in (select stack from async_frames where coalesce(method, type) like :like group by stack order by stack limit :limit)
group by stack, level
order by stack, level;
