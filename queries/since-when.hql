-- question: Since when are these there?
-- dumps: 2+
--
-- Asked of two dumps or more: how many objects of a type survived from each dump to the next, how many were born and
-- died, and how sure that is. Put a type of your own there.

survivors of System.Threading.Thread+;
