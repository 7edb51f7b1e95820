-- question: Which types refer to which, and how often?
-- dumps: 1
--
-- The first answer counts references by the types at both ends: a cache shows as many references from its nodes or
-- entries to what it caches. The second lists the objects that are referred to most often.

select source_type, target_type, count
from refs
group by source_type, target_type
order by count desc
limit 25;

select target, target_type, count
from refs
group by target, target_type
order by count desc
limit 25;
