-- question: Who holds all these?
-- dumps: 1
-- param type = System.Exception+: the type; with a plus behind it also those that derive from it
--
-- For every object the shortest way from a root, those that read alike merged and counted: the first are where nearly
-- all of them hang. A list or a tree of any depth is one way. `--format dot` draws the same.

paths to (select address from instances(:type));
