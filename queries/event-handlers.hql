-- question: Which events keep their subscribers alive?
-- dumps: 1
-- param min = 10: events with at least so many handlers
--
-- An event holds every object that subscribed to it until it unsubscribes. Where the publisher lives long, so do they.
-- The first answer lists the events with many handlers and where they stand, the second who subscribed to them.

-- title: Events with many handlers
select source_type as publisher, field as event, target as handlers, target_type as delegate
from refs
where target in (select address from System.MulticastDelegate+ where _invocationCount >= :min and _invocationList is not null)
  and not source_type like 'System.%EventHandler%';

-- title: Who subscribed
select type_of(_target) as subscriber, type as delegate, count, retained
from System.MulticastDelegate+
where address in (
    select target from refs where kind = 'element' and source in (
        select _invocationList from System.MulticastDelegate+ where _invocationCount >= :min and _invocationList is not null))
group by subscriber, delegate;
