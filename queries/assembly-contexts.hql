-- question: Which load contexts are there, and why are they not unloaded?
-- dumps: 1
--
-- A collectible AssemblyLoadContext (plug-ins, scripts, generated code) is unloaded only when nothing refers to its types,
-- their objects, or itself. `state` is Unloading where Unload was called; if it is still here, the second answer
-- shows who holds it.

-- title: Contexts
select address, type, name, collectible, state, modules, size, loader_allocator
from load_contexts
order by collectible desc, name;

-- title: Who holds the collectible ones
paths to (select address from System.Runtime.Loader.AssemblyLoadContext+ where _isCollectible);
