//! The tables of a Module by which the runtime finds the types that are loaded.

use super::modules::ModulePlan;
use super::{ModuleKey, Process, Type, TypeDef};

/// Buckets of a table of instances: few, so that chains have several entries.
const BUCKETS: usize = 3;
/// The row of the first TypeRef that stands for a type of another module; the one before is `System.Object`.
const FIRST_FOREIGN: usize = 2;

impl Process {
    pub(super) fn note_definition(&mut self, of: TypeDef, made: Type) {
        self.modules[of.module.0].loaded.push((of.row, made.method_table));
    }

    pub(super) fn note_instance(&mut self, module: ModuleKey, made: Type) {
        self.modules[module.0].instances.push(made.method_table);
    }

    /// Writes the maps of definitions and references, and the table of instances.
    pub(super) fn write_loaded_types(&mut self, plan: &ModulePlan, foreign: &[TypeDef]) {
        let fields = &self.family.layout().fields;
        let last = plan.loaded.iter().map(|(row, _)| *row).max().unwrap_or(0);
        let mut defined = vec![0; last as usize + 1];
        plan.loaded.iter().for_each(|&(row, mt)| defined[row as usize] = mt);
        self.write_lookup_map(plan.address + fields.type_defs, &defined);
        let mut referred = vec![0; FIRST_FOREIGN];
        referred.extend(foreign.iter().map(|of| self.loaded(*of)));
        self.write_lookup_map(plan.address + fields.type_refs, &referred);
        let table = self.native.allocate(64);
        self.native.put64(plan.address + fields.instances, table);
        self.write_instances(table, &plan.instances);
    }

    pub(super) fn loaded(&self, of: TypeDef) -> u64 {
        let loaded = &self.modules[of.module.0].loaded;
        loaded.iter().find(|(row, _)| *row == of.row).map_or(0, |(_, mt)| *mt)
    }

    /// A LookupMap in two parts, the second one linked; rows count on. Low bits of an entry are flags.
    fn write_lookup_map(&mut self, at: u64, entries: &[u64]) {
        let (first, second) = entries.split_at(entries.len().div_ceil(2));
        let next = self.native.allocate(32);
        for (map, part) in [(at, first), (next, second)] {
            let tagged: Vec<u64> = part.iter().map(|&mt| if mt == 0 { 0 } else { mt | 1 }).collect();
            let table = self.native.words(&tagged);
            self.native.put64(map + 8, table);
            self.native.put32(map + 16, part.len() as u32);
            self.native.put64(map + 24, 3);
        }
        self.native.put64(at, next);
    }

    /// An EETypeHashTable: chains of {TypeHandle, next} in buckets.
    fn write_instances(&mut self, table: u64, instances: &[u64]) {
        let mut heads = [0; BUCKETS];
        for (i, &mt) in instances.iter().enumerate() {
            let head = &mut heads[i % BUCKETS];
            *head = self.native.words(&[mt, *head, 0]);
        }
        let known = self.family.layout().fields.buckets_know_their_number;
        let buckets = if known {
            // Their number, the next array, and a word of the runtime's own.
            self.native.words(&[&[BUCKETS as u64, 0, 0], &heads[..]].concat())
        } else {
            self.native.words(&heads)
        };
        self.native.put64(table + 16, buckets);
        self.native.put32(table + 24, if known { instances.len() } else { BUCKETS } as u32);
        self.native.put32(table + 28, instances.len() as u32);
    }
}
