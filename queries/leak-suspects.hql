-- What looks like a leak, and why?
--
-- Asked of one dump, or better of several, oldest first. `heapql leaks` shows what each score is made of.

leaks;
