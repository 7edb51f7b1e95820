-- question: Who holds all these?
-- dumps: 1
--
-- For every string the shortest path from a root, those that read alike merged and counted: the first
-- answers are where nearly all of them hang. A list or a tree of any depth is one way. Put a type of your
-- own there, or any select of addresses; `--format dot` draws the same.

paths to System.String;
