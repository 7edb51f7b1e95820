//! The map by which a ReadyToRun module finds the MethodDesc of a method that it has prepared, by its entry point.
//!
//! A hash table of buckets with four keys and four values each; the first bucket's first word is the number of buckets
//! behind it. A key is looked for as the runtime does: a dump without the heap holds just the buckets that somebody looked at
//! when it was taken.
//!
//! Source: `HashMap::LookupValue` in `src/coreclr/vm/hash.cpp`, `HashMap` and `Bucket` in `hash.h`.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

/// Slots of a bucket.
const SLOTS: u64 = 4;
/// Keys that are none: empty and deleted.
const LAST_NO_KEY: u64 = 1;
/// A mark in values, which in a bucket's first one says that keys that belong here stand in others; what is left is half of
/// the address.
const VALUE_MARK: u64 = 1 << 63;

/// Offsets of the map's parts.
#[derive(Debug)]
pub(super) struct EntryPointMap {
    /// Where a ReadyToRunInfo says where the buckets are.
    buckets: u64,
    keys: u64,
    values: u64,
    bucket_size: u64,
}

impl EntryPointMap {
    /// `None` where the layout lacks a field.
    pub(super) fn of(layout: &Descriptor) -> Option<EntryPointMap> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        Some(EntryPointMap {
            buckets: of("ReadyToRunInfo", "EntryPointToMethodDescMap")? + of("HashMap", "Buckets")?,
            keys: of("Bucket", "Keys")?,
            values: of("Bucket", "Values")?,
            bucket_size: of("Bucket", Descriptor::SIZE)?,
        })
    }

    /// The MethodDesc of the method with the entry point `key`; `None` when there is none in the map of the
    /// ReadyToRunInfo at `info`.
    ///
    /// # Errors
    /// A bucket that would tell is not in the dump.
    pub(super) fn find(&self, memory: &AddressSpace, info: Addr, key: Addr) -> Result<Option<Addr>, Fault> {
        let first = memory.pointer(info.offset(self.buckets))?;
        let count = memory.u64(first)?;
        if count == 0 || count > limits::MAX_ENTRY_POINT_BUCKETS {
            return Ok(None);
        }
        // The runtime computes both in 32 bits.
        let mut place = (key.0 >> 2) as u32;
        let step = match (count - 1) as u32 {
            0 => 1,
            others => 1 + ((key.0 >> 5) as u32).wrapping_add(1) % others,
        };
        for _ in 0..count {
            let bucket = first.offset(self.bucket_size * (u64::from(place) % count + 1));
            for slot in 0..SLOTS {
                if memory.pointer(bucket.offset(self.keys + 8 * slot))? == key {
                    return self.value(memory, bucket, slot).map(|(method_desc, _)| Some(method_desc));
                }
            }
            let (_, others_follow) = self.value(memory, bucket, 0)?;
            if !others_follow {
                return Ok(None);
            }
            place = place.wrapping_add(step);
        }
        Ok(None)
    }

    /// All entry points and their MethodDescs, in ascending order.
    ///
    /// # Errors
    /// A part of the map is not in the dump: then nothing can be told, since the last entry point before an address might be
    /// one that is missing.
    pub(super) fn all(&self, memory: &AddressSpace, info: Addr) -> Result<Vec<(Addr, Addr)>, Fault> {
        let first = memory.pointer(info.offset(self.buckets))?;
        let count = memory.u64(first)?.min(limits::MAX_ENTRY_POINT_BUCKETS);
        let mut entries = Vec::new();
        for bucket in 1..=count {
            let bucket = first.offset(self.bucket_size * bucket);
            for slot in 0..SLOTS {
                let key = memory.pointer(bucket.offset(self.keys + 8 * slot))?;
                if key.0 > LAST_NO_KEY {
                    entries.push((key, self.value(memory, bucket, slot)?.0));
                }
            }
        }
        entries.sort_unstable();
        Ok(entries)
    }

    /// The MethodDesc of a slot, and whether the mark is set.
    fn value(&self, memory: &AddressSpace, bucket: Addr, slot: u64) -> Result<(Addr, bool), Fault> {
        let value = memory.u64(bucket.offset(self.values + 8 * slot))?;
        Ok((Addr((value & !VALUE_MARK) << 1), value & VALUE_MARK != 0))
    }
}
