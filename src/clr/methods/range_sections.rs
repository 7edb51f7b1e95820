//! Which kind of code lies at an address: the runtime's list, later a map, of ranges of code.
//!
//! Source: `RangeSection` and `RangeSectionMap` in `src/coreclr/vm/codeman.h` of dotnet/runtime v8.0 to v10.0;
//! `RangeSection` in `src/vm/codeman.h` of dotnet/coreclr v2.0 and v3.1.

use std::ops::Range;

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::clr::locate::Globals;
use crate::dump::{AddressSpace, Fault};
use crate::limits;

/// `RANGE_SECTION_CODEHEAP`.
const CODE_HEAP: u32 = 2;
/// `RANGE_SECTION_READYTORUN`, of the list.
const READY_TO_RUN: u32 = 4;

/// Bits of an address that choose in each level of the map, from the top level down.
const LEVEL_SHIFTS: [u32; 5] = [49, 41, 33, 25, 17];
const LEVEL_MASK: u64 = 0xff;
/// Marks in the map's pointers.
const MARK: u64 = 1;

/// What lies in a range of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// What the JIT made, in the heap that this CodeHeapListNode describes.
    Jit {
        /// The CodeHeapListNode.
        heap: Addr,
    },
    /// The ReadyToRun code of a module.
    ReadyToRun {
        /// The Module.
        module: Addr,
        /// Where its image begins.
        image: Addr,
    },
    /// The code of a module's fragile precompiled image (2.x).
    NativeImage {
        /// The Module.
        module: Addr,
        /// Where its image begins.
        image: Addr,
    },
    /// Stubs.
    Stubs,
}

/// Finds ranges of code.
#[derive(Debug)]
pub(super) struct RangeSections {
    index: Index,
    begin: u64,
    end: u64,
    flags: u64,
    content: Content,
}

/// How the ranges are found.
#[derive(Debug)]
enum Index {
    /// By five levels of tables (since 8.0).
    Map { top: Addr, begin: u64, end: u64, section: u64, next: u64 },
    /// One after the other.
    List { head: Addr, next: u64 },
}

/// Where a RangeSection says what it holds.
#[derive(Debug)]
enum Content {
    /// Each kind has a field of its own.
    Fields { heap: u64, module: u64 },
    /// One field serves all kinds, and the flags say which it is; where there were fragile images, those have none.
    Shared { holder: u64, fragile_images: bool },
}

impl RangeSections {
    /// `None` where the layout lacks a field, or the runtime's variable was not found.
    pub(super) fn of(layout: &Descriptor, globals: &Globals) -> Option<RangeSections> {
        let of = |name: &str, field: &str| layout.optional_field(name, field);
        let index = match globals.address("ExecutionManagerCodeRangeMapAddress") {
            Some(map) => Index::Map {
                // The variable is the top table itself.
                top: map.offset(of("RangeSectionMap", "TopLevelData").unwrap_or(0)),
                begin: of("RangeSectionFragment", "RangeBegin")?,
                end: of("RangeSectionFragment", "RangeEndOpen")?,
                section: of("RangeSectionFragment", "RangeSection")?,
                next: of("RangeSectionFragment", "Next")?,
            },
            None => Index::List {
                head: globals.address("ExecutionManagerCodeRangeList")?,
                next: of("RangeSection", "Next")?,
            },
        };
        let content = match of("RangeSection", "HeapListOrZapModule") {
            Some(holder) => {
                let fragile_images = of("Module", "NGenLayoutInfo").is_some();
                Content::Shared { holder, fragile_images }
            }
            None => Content::Fields {
                heap: of("RangeSection", "HeapList")?,
                module: of("RangeSection", "R2RModule")?,
            },
        };
        Some(RangeSections {
            index,
            begin: of("RangeSection", "RangeBegin")?,
            end: of("RangeSection", "RangeEndOpen")?,
            flags: of("RangeSection", "Flags")?,
            content,
        })
    }

    /// What lies at `address`, and where that range begins; `None` when it is in no range of code.
    ///
    /// # Errors
    /// The way there is not in the dump.
    pub(super) fn find_range(
        &self,
        memory: &AddressSpace,
        address: Addr,
    ) -> Result<Option<(Addr, Code)>, Fault> {
        let section = match self.index {
            Index::Map { .. } => self.in_map(memory, address)?,
            Index::List { head, next } => self.in_list(memory, memory.pointer(head)?, next, address)?,
        };
        let content =
            |section: Addr| Ok((memory.pointer(section.offset(self.begin))?, self.content(memory, section)?));
        section.map(content).transpose()
    }

    /// All ranges that can be read, in no certain order, each with what lies there.
    pub(super) fn all(&self, memory: &AddressSpace) -> Vec<(Range<Addr>, Code)> {
        let mut sections = match self.index {
            Index::Map { top, .. } => self.all_in_map(memory, top),
            Index::List { head, next } => all_in_list(memory, head, next),
        };
        sections.sort_unstable();
        sections.dedup();
        let told = |section: Addr| {
            let range = memory.pointer(section.offset(self.begin)).ok()?
                ..memory.pointer(section.offset(self.end)).ok()?;
            Some((range, self.content(memory, section).ok()?))
        };
        sections.into_iter().filter_map(told).collect()
    }

    fn all_in_map(&self, memory: &AddressSpace, top: Addr) -> Vec<Addr> {
        let Index::Map { section, next, .. } = self.index else { return Vec::new() };
        let mut tables = vec![top];
        let mut entries = Vec::new();
        for level in 0..LEVEL_SHIFTS.len() {
            let of_table =
                |table: &Addr| (0..=LEVEL_MASK).map(|index| table.offset(8 * index)).collect::<Vec<_>>();
            entries = tables.iter().flat_map(of_table).collect();
            if level + 1 < LEVEL_SHIFTS.len() {
                let pointers = entries.iter().filter_map(|&entry| memory.pointer(entry).ok());
                let mut below: Vec<Addr> =
                    pointers.map(|p| p.without(MARK)).filter(|p| !p.is_null()).collect();
                // Damage may let many entries lead to one table.
                below.sort_unstable();
                below.dedup();
                below.truncate(limits::MAX_RANGE_SECTIONS);
                tables = below;
            }
        }
        let mut sections = Vec::new();
        let mut left = limits::MAX_RANGE_SECTIONS;
        for entry in entries {
            let mut fragment = memory.pointer(entry).map_or(Addr::NULL, |first| first.without(MARK));
            while !fragment.is_null() && left > 0 {
                left -= 1;
                let Ok(found) = memory.pointer(fragment.offset(section)) else { break };
                sections.push(found);
                fragment =
                    memory.pointer(fragment.offset(next)).map_or(Addr::NULL, |next| next.without(MARK));
            }
        }
        sections
    }

    fn in_map(&self, memory: &AddressSpace, address: Addr) -> Result<Option<Addr>, Fault> {
        let Index::Map { top, begin, end, section, next } = self.index else { return Ok(None) };
        let mut entry = top;
        for (level, shift) in LEVEL_SHIFTS.into_iter().enumerate() {
            if level > 0 {
                entry = memory.pointer(entry)?.without(MARK);
                if entry.is_null() {
                    return Ok(None);
                }
            }
            entry = entry.offset(8 * (address.0 >> shift & LEVEL_MASK));
        }
        let mut fragment = memory.pointer(entry)?.without(MARK);
        for _ in 0..limits::MAX_RANGE_SECTIONS {
            if fragment.is_null() {
                break;
            }
            let range = memory.pointer(fragment.offset(begin))?..memory.pointer(fragment.offset(end))?;
            if range.contains(&address) {
                return memory.pointer(fragment.offset(section)).map(Some);
            }
            fragment = memory.pointer(fragment.offset(next))?.without(MARK);
        }
        Ok(None)
    }

    fn in_list(
        &self,
        memory: &AddressSpace,
        head: Addr,
        next: u64,
        address: Addr,
    ) -> Result<Option<Addr>, Fault> {
        let mut section = head;
        for _ in 0..limits::MAX_RANGE_SECTIONS {
            if section.is_null() {
                break;
            }
            let begin = memory.pointer(section.offset(self.begin))?;
            if (begin..memory.pointer(section.offset(self.end))?).contains(&address) {
                return Ok(Some(section));
            }
            section = memory.pointer(section.offset(next))?;
        }
        Ok(None)
    }

    fn content(&self, memory: &AddressSpace, section: Addr) -> Result<Code, Fault> {
        let image = memory.pointer(section.offset(self.begin))?;
        let flags = memory.u32(section.offset(self.flags))?;
        match self.content {
            Content::Fields { heap, .. } if flags & CODE_HEAP != 0 => {
                Ok(Code::Jit { heap: memory.pointer(section.offset(heap))? })
            }
            Content::Fields { module, .. } => match memory.pointer(section.offset(module))? {
                Addr::NULL => Ok(Code::Stubs),
                module => Ok(Code::ReadyToRun { module, image }),
            },
            Content::Shared { holder, fragile_images } => {
                let holder = memory.pointer(section.offset(holder))?;
                Ok(match flags & (CODE_HEAP | READY_TO_RUN) {
                    0 if fragile_images => Code::NativeImage { module: holder, image },
                    0 | READY_TO_RUN => Code::ReadyToRun { module: holder, image },
                    _ => Code::Jit { heap: holder },
                })
            }
        }
    }
}

fn all_in_list(memory: &AddressSpace, head: Addr, next: u64) -> Vec<Addr> {
    let mut sections = Vec::new();
    let mut section = memory.pointer(head).unwrap_or(Addr::NULL);
    while !section.is_null() && sections.len() < limits::MAX_RANGE_SECTIONS {
        sections.push(section);
        section = memory.pointer(section.offset(next)).unwrap_or(Addr::NULL);
    }
    sections
}

#[cfg(test)]
mod tests;
