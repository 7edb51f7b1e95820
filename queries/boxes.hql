-- question: Which values are boxed?
-- dumps: 1
-- param limit = 20: how many rows are shown
--
-- A struct or an enum in a field of type object, in an old collection or an interface is an object of its own: 24 bytes
-- and more for each number. Thousands of one type are worth a generic collection.

-- title: By type
select type, count, size
from System.ValueType+
group by type
limit :limit;

-- title: Who refers to them
select source_type, field, target_type, count
from refs
where target in (select address from System.ValueType+) and kind = 'field'
group by source_type, field, target_type
limit :limit;
