-- question: Since when are these there?
-- dumps: 2+
-- param type = System.Threading.Thread+: the type; with a plus behind it also those that derive from it
--
-- How many objects of a type survived from each dump to the next, how many were born and died, and how sure that is.
-- Objects that survive and are only ever added are a leak; as many that die as are born are a cache or a pool.

survivors of :type;
