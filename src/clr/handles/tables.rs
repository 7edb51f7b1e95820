//! From the map of buckets to the segments of every table.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::limits;
use crate::problem::Problem;

use super::Handles;
use super::segment::{Segment, SegmentLayout};

/// Buckets of one map (`INITIAL_HANDLE_TABLE_ARRAY_SIZE` in `src/coreclr/gc/objecthandle.cpp`).
const BUCKETS_OF_MAP: u64 = 10;

/// Offsets of the structures above segments.
#[derive(Clone, Copy, Debug)]
struct TableLayout {
    map_buckets: u64,
    map_next: u64,
    bucket_tables: u64,
    table_segments: u64,
    segments: SegmentLayout,
}

impl TableLayout {
    fn of(layout: &Descriptor) -> Option<TableLayout> {
        Some(TableLayout {
            map_buckets: layout.optional_field("HandleTableMap", "pBuckets")?,
            map_next: layout.optional_field("HandleTableMap", "pNext")?,
            bucket_tables: layout.optional_field("HandleTableBucket", "pTable")?,
            table_segments: layout.optional_field("HandleTable", "pSegmentList")?,
            segments: SegmentLayout::of(layout)?,
        })
    }
}

/// Reads the handles of all tables that the map at `map` and those behind it lead to.
/// Every bucket has `expected` tables at least.
pub(super) fn read(
    memory: &AddressSpace,
    layout: &Descriptor,
    map: Addr,
    expected: u64,
    handles: &mut Handles,
) {
    let Some(layout) = TableLayout::of(layout) else {
        handles.problems.push(Problem::loss("the tables of GC handles are not known for this runtime"));
        return;
    };
    let seen = FxHashSet::default();
    let mut walk = Walk { memory, layout: &layout, expected, handles, seen, missing_blocks: 0 };
    walk.maps(map);
    let missing = walk.missing_blocks;
    if missing > 0 {
        walk.lost(format!("{missing} blocks of GC handles, of up to 64 each, are not all in the dump"));
    }
}

/// The walk over all structures, each of which is visited once however often damage leads to it.
struct Walk<'a, 'h> {
    memory: &'a AddressSpace,
    layout: &'a TableLayout,
    /// How many tables a bucket has at least.
    expected: u64,
    handles: &'h mut Handles,
    seen: FxHashSet<Addr>,
    missing_blocks: usize,
}

impl<'a> Walk<'a, '_> {
    fn lost(&mut self, what: String) {
        self.handles.problems.push(Problem::loss(what));
    }

    fn maps(&mut self, first: Addr) {
        let mut map = first;
        for _ in 0..limits::MAX_HANDLE_TABLE_MAPS {
            if map.is_null() {
                return;
            }
            if !self.seen.insert(map) {
                return self.lost(format!("the maps of GC handle tables run in a circle at {map}"));
            }
            match self.map(map) {
                Ok(next) => map = next,
                Err(fault) => return self.lost(format!("a map of GC handle tables cannot be read: {fault}")),
            }
        }
        self.lost(format!("there are more than {} maps of GC handle tables", limits::MAX_HANDLE_TABLE_MAPS));
    }

    /// Reads the buckets of a map. Returns the next map, null behind the last.
    fn map(&mut self, map: Addr) -> Result<Addr, Fault> {
        let buckets = self.memory.pointer(map.offset(self.layout.map_buckets))?;
        for number in 0..BUCKETS_OF_MAP {
            let bucket = self.memory.pointer(buckets.offset(8 * number))?;
            if !bucket.is_null() && self.seen.insert(bucket) {
                self.bucket(bucket);
            }
        }
        self.memory.pointer(map.offset(self.layout.map_next))
    }

    fn bucket(&mut self, bucket: Addr) {
        match self.memory.pointer(bucket.offset(self.layout.bucket_tables)) {
            Ok(array) => self.tables(array),
            Err(fault) => self.lost(format!("a bucket of GC handles cannot be read: {fault}")),
        }
    }

    /// Reads the tables of an array whose length stands nowhere: it ends before the first entry that is no table, that
    /// is, whose first segment does not name it. There is one table a processor, so one a heap at least.
    fn tables(&mut self, array: Addr) {
        let mut missing = 0;
        for number in 0..limits::MAX_GC_HEAPS {
            let table = self.memory.pointer(array.offset(8 * number)).ok();
            let found = table.and_then(|table| Some((table, self.first_segment(table)?)));
            match found {
                Some((table, first)) if self.seen.insert(table) => self.segments(table, first),
                _ if number < self.expected => missing += 1,
                _ => break,
            }
        }
        if missing > 0 {
            self.lost(format!("{missing} of the tables of GC handles at {array} cannot be read"));
        }
    }

    fn first_segment(&self, table: Addr) -> Option<Segment<'a>> {
        let first = self.memory.pointer(table.offset(self.layout.table_segments)).ok()?;
        self.layout.segments.segment(self.memory, table, first).ok()?
    }

    fn segments(&mut self, table: Addr, first: Segment<'a>) {
        self.seen.insert(first.address());
        let mut segment = first;
        for _ in 0..limits::MAX_HANDLE_SEGMENTS {
            self.handles.segments.push(segment.address());
            self.missing_blocks += segment.read_into(&mut self.handles.all);
            match self.next_segment(table, &segment) {
                Ok(Some(next)) => segment = next,
                Ok(None) => return,
                Err(why) => {
                    return self.lost(format!(
                        "the segments of the GC handle table at {table} cannot be followed to the end: {why}"
                    ));
                }
            }
        }
        self.lost(format!("the GC handle table at {table} has too many segments"));
    }

    /// The segment behind `segment`; `None` behind the last.
    fn next_segment(&mut self, table: Addr, segment: &Segment<'a>) -> Result<Option<Segment<'a>>, String> {
        let next = segment.next().map_err(|fault| fault.to_string())?;
        if next.is_null() {
            return Ok(None);
        }
        if !self.seen.insert(next) {
            return Err(format!("they run in a circle at {next}"));
        }
        match self.layout.segments.segment(self.memory, table, next) {
            Ok(Some(next)) => Ok(Some(next)),
            Ok(None) => Err(format!("there is none at {next}")),
            Err(fault) => Err(fault.to_string()),
        }
    }
}
