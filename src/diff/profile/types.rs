//! Types by name and module, and assemblies: what a MethodTable is in one dump, these are in all.

use std::cmp::Reverse;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{AssemblyRow, TypeRow};
use crate::graph::{Dominators, Heap, NO_GROUP, ObjectId, TypeTable};

/// The types of a dump in groups of one name and module, and in groups of one module. Free is in none.
pub(super) struct TypeGroups {
    /// For every type its groups by name and module, and by module.
    of: Vec<[u32; 2]>,
    types: Vec<TypeRow>,
    assemblies: Vec<AssemblyRow>,
}

impl TypeGroups {
    /// Groups the types, and adds up their objects.
    pub fn new(table: &TypeTable) -> TypeGroups {
        let mut groups =
            TypeGroups { of: Vec::with_capacity(table.len()), types: vec![], assemblies: vec![] };
        let mut by_name: FxHashMap<(Arc<str>, Option<Arc<str>>), u32> = FxHashMap::default();
        let mut by_module: FxHashMap<Option<Arc<str>>, u32> = FxHashMap::default();
        let free = table.free();
        for (id, info) in (0..).zip(table.all()) {
            if free.is_some_and(|free| free.0 == id) {
                groups.of.push([NO_GROUP; 2]);
                continue;
            }
            let module = info.module.as_deref().map(str::to_owned);
            let key = (Arc::clone(&info.name), info.module.clone());
            let of_type = *by_name.entry(key).or_insert_with(|| {
                let name = (*info.name).to_owned();
                groups.types.push(TypeRow { name, module: module.clone(), ..TypeRow::default() });
                groups.types.len() as u32 - 1
            });
            let of_module = *by_module.entry(info.module.clone()).or_insert_with(|| {
                groups.assemblies.push(AssemblyRow { module, ..AssemblyRow::default() });
                groups.assemblies.len() as u32 - 1
            });
            let (row, assembly) =
                (&mut groups.types[of_type as usize], &mut groups.assemblies[of_module as usize]);
            (row.count, row.size) = (row.count + info.count, row.size.saturating_add(info.size));
            (assembly.count, assembly.size) =
                (assembly.count + info.count, assembly.size.saturating_add(info.size));
            groups.of.push([of_type, of_module]);
        }
        groups
    }

    /// The rows with what their objects retain, the biggest first; rows without objects are left out.
    pub fn rows(self, heap: &Heap, dominators: &Dominators) -> (Vec<TypeRow>, Vec<AssemblyRow>) {
        let TypeGroups { of, mut types, mut assemblies } = self;
        let groups_of = |object: ObjectId| {
            let of_type = heap.objects.type_of(object).and_then(|id| of.get(id.0 as usize));
            of_type.copied().unwrap_or([NO_GROUP; 2])
        };
        let counts = [types.len(), assemblies.len()];
        let [of_types, of_modules] = dominators.retained_of_groupings(counts, groups_of);
        types.iter_mut().zip(of_types).for_each(|(row, retained)| row.retained = retained);
        assemblies.iter_mut().zip(of_modules).for_each(|(row, retained)| row.retained = retained);
        types.retain(|row| row.count > 0);
        assemblies.retain(|row| row.count > 0);
        types.sort_by(|a, b| {
            let order = |row: &TypeRow| Reverse((row.retained, row.size, row.count));
            order(a).cmp(&order(b)).then_with(|| (&a.name, &a.module).cmp(&(&b.name, &b.module)))
        });
        assemblies.sort_by(|a, b| {
            let order = |row: &AssemblyRow| Reverse((row.retained, row.size, row.count));
            order(a).cmp(&order(b)).then_with(|| a.module.cmp(&b.module))
        });
        (types, assemblies)
    }
}
