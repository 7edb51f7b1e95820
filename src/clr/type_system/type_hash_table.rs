//! The tables in which a module keeps its generic instances, arrays and pointers (`EETypeHashTable`).
//!
//! Source: `src/coreclr/vm/typehash.h` and `dacenumerablehash.h` of dotnet/runtime v8.0 to v10.0: an array whose first
//! words are the number of buckets and the array before it was grown, then buckets, each a chain that ends at null or
//! at a word with bit 0 set. `src/vm/ngenhash.h` of dotnet/coreclr v2.0 and v3.1: buckets apart from their number, and
//! in 2.x two lists more that came with the precompiled image (since 2.1 all of them by relative pointers).

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::types::{Encoding, TypeHandle};
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits::{MAX_TYPE_HASH_BUCKETS, MAX_TYPES_OF_MODULE};

/// Bit 0 of an entry's word says how the entry may be used, and ends a chain.
const FLAG: u64 = 1;
/// How often a table may have been grown while it was read: the arrays that lie behind each other.
const MAX_ARRAYS: usize = 16;

/// Where the buckets are.
#[derive(Debug)]
enum Buckets {
    /// In the array that also holds their number: the slot of the first one, in bytes.
    InArray(u64),
    /// Apart: where in the table their number stands.
    Apart(u64),
}

/// Entries of a precompiled image, one after the other.
#[derive(Debug)]
struct Persisted {
    entries: u64,
    count: u64,
}

/// Members of the tables.
#[derive(Debug)]
pub(super) struct TypeHashTableFields {
    /// Where the table's address stands in a Module.
    in_module: u64,
    array: u64,
    array_encoding: Encoding,
    buckets: Buckets,
    value: u64,
    next: u64,
    encoding: Encoding,
    persisted: Vec<Persisted>,
    persisted_encoding: Encoding,
    persisted_size: u64,
    persisted_value: u64,
}

/// What a table holds.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) handles: Vec<TypeHandle>,
    /// The first thing that is not in the dump.
    pub(super) fault: Option<Fault>,
}

impl TypeHashTableFields {
    pub(super) fn new(layout: &Descriptor) -> Result<TypeHashTableFields> {
        let of = |field: &str| layout.field("EETypeHashTable", field);
        let optional = |field: &str| layout.optional_field("EETypeHashTable", field);
        let persisted = |entries: &str, count: &str| {
            Some(Persisted { entries: optional(entries)?, count: optional(count)? })
        };
        let lists = [persisted("HotEntries", "HotEntryCount"), persisted("ColdEntries", "ColdEntryCount")];
        let persisted: Vec<_> = lists.into_iter().flatten().collect();
        let entry = |field: &str| match persisted.is_empty() {
            true => Ok(0),
            false => layout.field("EETypeHashPersistedEntry", field),
        };
        Ok(TypeHashTableFields {
            in_module: layout.field("Module", "AvailableTypeParams")?,
            array: of("Buckets")?,
            array_encoding: Encoding::of(layout, "EETypeHashTable.Buckets")?,
            buckets: match optional("BucketCount") {
                Some(count) => Buckets::Apart(count),
                None => Buckets::InArray(of("FirstBucketSlot")?),
            },
            value: of("EntryValue")?,
            next: of("EntryNext")?,
            encoding: Encoding::of(layout, "EETypeHashTable.EntryValue")?,
            persisted_encoding: Encoding::of(layout, "EETypeHashTable.PersistedEntries")?,
            persisted_size: entry(Descriptor::SIZE)?,
            persisted_value: entry("Value")?,
            persisted,
        })
    }

    /// The types in the table of `module`.
    pub(super) fn entries(&self, memory: &AddressSpace, module: Addr) -> Entries {
        let mut reader =
            Reader { fields: self, memory, entries: Entries::default(), seen: FxHashSet::default() };
        match memory.pointer(module.offset(self.in_module)) {
            Ok(table) if table.is_null() => {}
            Ok(table) => reader.table(table),
            Err(fault) => reader.entries.fault = Some(fault),
        }
        reader.entries
    }
}

/// The types in the table of `module`, for a layout that is to be proved; `None` where the layout lacks a field or
/// the table cannot be read to its end.
pub(in crate::clr) fn parameterized_types(
    memory: &AddressSpace,
    layout: &Descriptor,
    module: Addr,
) -> Option<Vec<TypeHandle>> {
    let entries = TypeHashTableFields::new(layout).ok()?.entries(memory, module);
    entries.fault.is_none().then_some(entries.handles)
}

struct Reader<'a> {
    fields: &'a TypeHashTableFields,
    memory: &'a AddressSpace,
    entries: Entries,
    /// Entries that were read: a damaged chain may lead back.
    seen: FxHashSet<Addr>,
}

impl Reader<'_> {
    fn table(&mut self, table: Addr) {
        let fields = self.fields;
        if let Some(array) =
            self.or_fault(fields.array_encoding.read(self.memory, table.offset(fields.array)))
        {
            match fields.buckets {
                Buckets::InArray(first) => self.arrays(array, first),
                Buckets::Apart(count) => {
                    if let Some(count) = self.or_fault(self.memory.u32(table.offset(count))) {
                        self.chains(array, count.into());
                    }
                }
            }
        }
        for list in &fields.persisted {
            let entries = fields.persisted_encoding.read(self.memory, table.offset(list.entries));
            let entries = self.or_fault(entries);
            let count = self.or_fault(self.memory.u32(table.offset(list.count)));
            if let (Some(entries), Some(count)) = (entries, count) {
                self.persisted(entries, count);
            }
        }
    }

    fn arrays(&mut self, array: Addr, first: u64) {
        let mut array = array;
        for _ in 0..MAX_ARRAYS {
            if array.is_null() {
                break;
            }
            let count = self.or_fault(self.memory.u64(array));
            let older = self.or_fault(self.memory.pointer(array.offset(8)));
            self.chains(array.offset(first), count.unwrap_or(0));
            array = older.unwrap_or(Addr::NULL);
        }
    }

    fn chains(&mut self, buckets: Addr, count: u64) {
        for bucket in 0..count.min(MAX_TYPE_HASH_BUCKETS) {
            let mut link = self.or_fault(self.memory.pointer(buckets.offset(8 * bucket)));
            while let Some(entry) = link {
                if entry.is_null() || entry.0 & FLAG != 0 || !self.seen.insert(entry) || self.is_full() {
                    break;
                }
                self.entry(entry.offset(self.fields.value));
                link = self.or_fault(self.memory.pointer(entry.offset(self.fields.next)));
            }
            // A table whose buckets are missing is told once; to go on would be a fault a bucket.
            if link.is_none() && self.memory.run_at(buckets.offset(8 * bucket)).is_err() {
                break;
            }
        }
    }

    fn persisted(&mut self, entries: Addr, count: u32) {
        for index in 0..u64::from(count) {
            let place = entries.offset(index * self.fields.persisted_size + self.fields.persisted_value);
            if self.is_full() || !self.entry(place) {
                break;
            }
        }
    }

    /// Reads the type handle at `place`; whether it is there.
    fn entry(&mut self, place: Addr) -> bool {
        let fields = self.fields;
        let word = self.memory.pointer(place);
        let handle = word.and_then(|word| fields.encoding.resolve(self.memory, place, word.without(FLAG)));
        match self.or_fault(handle) {
            Some(word) if !word.is_null() => {
                self.entries.handles.push(TypeHandle::from_word(word));
                true
            }
            Some(_) => true,
            None => false,
        }
    }

    fn is_full(&self) -> bool {
        self.entries.handles.len() >= MAX_TYPES_OF_MODULE
    }

    fn or_fault<T>(&mut self, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.entries.fault.get_or_insert(fault).to_owned()).ok()
    }
}

#[cfg(test)]
mod tests;
