-- question: What looks like a leak, and why?
-- dumps: 1+
--
-- Asked of one dump, or better of several, oldest first. `heapql leaks` shows what each score is made of.

leaks;
