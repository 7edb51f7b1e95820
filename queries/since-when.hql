-- question: Since when are these there?
-- dumps: 2+
--
-- How many objects of a type survived from each dump to the next, how many were born and died, and how sure that is.
-- Objects that survive and are only ever added are a leak; as many that die as are born are a cache or a pool.
-- TO ASK ABOUT ANOTHER TYPE write `heapql run since-when --show > mine.hql` and put its name here.

survivors of System.Threading.Thread+;
