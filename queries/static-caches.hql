-- question: Which static fields hold the most?
-- dumps: 1
-- param limit = 20: how many rows are shown
--
-- What a static field holds lives as long as its type: a dictionary there that is only ever added to is the most common
-- leak. The first answer counts what each static field alone keeps alive, the second lists the collections
-- that static fields hold directly, the fullest first.

-- title: What would go with each static field
select name, type, retained
from roots
where kind = 'static'
order by retained desc
limit :limit;

-- title: Collections in static fields
select address, type, count, retained
from collections
where address in (select object from roots where kind = 'static') and count > 0
order by count desc
limit :limit;
