-- question: What is in the MemoryCache, and does it ever leave?
-- dumps: 1
-- param limit = 20: how many rows are shown
--
-- Entries of Microsoft.Extensions.Caching.Memory by the type of what is cached. One without expiration leaves only when
-- the cache has a size limit that is reached; entries without size make none. The second answer shows some of the keys.
-- Where no such type is found, the program has no MemoryCache.

-- title: Entries by what is cached
select type_of(_value) as cached, _slidingExpiration as sliding, _absoluteExpirationRelativeToNow as absolute, count, retained
from Microsoft.Extensions.Caching.Memory.CacheEntry
group by cached, sliding, absolute
order by retained desc
limit :limit;

-- title: The biggest
select address, text("<Key>k__BackingField") as key, type_of(_value) as cached, retained
from Microsoft.Extensions.Caching.Memory.CacheEntry
order by retained desc
limit 10;
