//! The GC's heaps and their generations: one heap for workstation, one a processor for server.
//!
//! Source: `class gc_heap` and `class generation` in `src/coreclr/gc/gcpriv.h`. Since 5.0 the GC tells
//! the offsets of their members itself, and they differ from build to build; before, the layout has them.

use std::fmt;

use crate::bytes::Addr;
use crate::error::Result;
use crate::limits;
use crate::problem::Problem;

use super::AllocContextFields;
use super::dac_vars::{GcDacVars, missing};

/// Which GC runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GcMode {
    /// One heap.
    Workstation,
    /// A heap a processor.
    Server,
}

impl fmt::Display for GcMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GcMode::Workstation => "workstation",
            GcMode::Server => "server",
        })
    }
}

/// One generation of a heap.
#[derive(Clone, Copy, Debug)]
pub struct GcGeneration {
    /// Where the GC itself allocates, and up to where it may; null when it does not.
    pub allocation: (Addr, Addr),
    /// Its first segment or region.
    pub start_segment: Addr,
    /// Where it begins in the ephemeral segment; `None` with regions.
    pub allocation_start: Option<Addr>,
}

/// One heap.
#[derive(Clone, Debug)]
pub struct SubHeap {
    /// Its number.
    pub number: u32,
    /// Its table of generations: of a workstation's heap one of the GC's variables, of a server's a part of the heap's own
    /// structure.
    pub generation_table: Addr,
    /// Generations 0, 1, 2, large objects and (5.0 and later) pinned objects.
    pub generations: Vec<GcGeneration>,
    /// The segment or region in which threads allocate.
    pub ephemeral_segment: Addr,
    /// The end of its objects; its own `allocated` is out of date.
    pub alloc_allocated: Addr,
    /// The finalization queue.
    pub finalize_queue: Addr,
    /// Where the heap notes the last time that it could not give out memory; `None` where the GC does not tell.
    pub oom_history: Option<Addr>,
}

/// The whole GC heap.
#[derive(Clone, Debug)]
pub struct GcHeaps {
    /// Which GC runs.
    pub mode: GcMode,
    /// Whether generations consist of regions (7.0 and later); segments otherwise.
    pub regions: bool,
    /// Whether the dump was taken in the middle of a collection; objects may be half-moved then.
    pub collecting: bool,
    /// The heaps.
    pub heaps: Vec<SubHeap>,
    /// One of the GC's variables, by which the others lie.
    pub variables: Addr,
}

/// Offsets within `generation`.
struct GenerationOffsets {
    allocation_context: u64,
    start_segment: u64,
    allocation_start: Option<u64>,
    context: AllocContextFields,
}

impl GcHeaps {
    /// Reads the heaps that `vars` leads to.
    ///
    /// # Errors
    /// The variables of the GC are not in the dump. A single heap that cannot be read is left out and told in `problems`.
    pub fn read(vars: &GcDacVars<'_>, problems: &mut Vec<Problem>) -> Result<GcHeaps> {
        let offsets = generation_offsets(vars)?;
        let heap_array = vars.pointer_in("g_heaps")?;
        let variable = if heap_array.is_some() { "g_heaps" } else { "generation_table" };
        let variables = vars.word(variable)?.ok_or_else(|| missing(variable))?;
        let mode = if heap_array.is_some() { GcMode::Server } else { GcMode::Workstation };
        let heaps = match heap_array {
            Some(array) => server_heaps(vars, &offsets, array, problems)?,
            None => vec![workstation_heap(vars, &offsets)?],
        };
        let collecting = match vars.word("gc_structures_invalid_cnt")? {
            Some(variable) => vars.memory().i32(variable)? != 0,
            None => false,
        };
        Ok(GcHeaps { mode, regions: offsets.allocation_start.is_none(), collecting, heaps, variables })
    }

    /// The GC's own allocation contexts, one a generation.
    pub fn allocation_contexts(&self) -> impl Iterator<Item = (Addr, Addr)> {
        self.heaps.iter().flat_map(|heap| heap.generations.iter().map(|g| g.allocation))
    }
}

fn generation_offsets(vars: &GcDacVars<'_>) -> Result<GenerationOffsets> {
    let layout = vars.layout();
    let told = vars.word("generation_field_offsets")?.is_some();
    let offset = |field: &str| -> Result<Option<u64>> {
        if told {
            let index = layout.field("GenerationFieldIndex", field)?;
            return Ok(vars.offset_in("generation_field_offsets", index)?);
        }
        Ok(layout.optional_field("Generation", field))
    };
    Ok(GenerationOffsets {
        allocation_context: offset("allocation_context")?
            .ok_or_else(|| missing("generation.allocation_context"))?,
        start_segment: offset("start_segment")?.ok_or_else(|| missing("generation.start_segment"))?,
        allocation_start: offset("allocation_start")?,
        context: AllocContextFields::new(layout)?,
    })
}

fn generation_count(vars: &GcDacVars<'_>) -> Result<u64> {
    let count = match vars.word("total_generation_count")? {
        Some(Addr(count)) => count & 0xffff_ffff,
        // Before 5.0: max_gen is 2, and the large object heap comes on top.
        None => match vars.word("max_gen")? {
            Some(variable) => u64::from(vars.memory().u32(variable)?).saturating_add(2),
            None => 4,
        },
    };
    Ok(count.clamp(4, limits::MAX_GENERATIONS))
}

fn generations(vars: &GcDacVars<'_>, offsets: &GenerationOffsets, table: Addr) -> Result<Vec<GcGeneration>> {
    let memory = vars.memory();
    (0..generation_count(vars)?)
        .map(|number| {
            // A size that is damaged leads to where no memory is.
            let at = table.offset(number.wrapping_mul(vars.generation_size));
            Ok(GcGeneration {
                allocation: offsets.context.read(memory, at.offset(offsets.allocation_context))?,
                start_segment: memory.pointer(at.offset(offsets.start_segment))?,
                allocation_start: match offsets.allocation_start {
                    Some(offset) => Some(memory.pointer(at.offset(offset))?),
                    None => None,
                },
            })
        })
        .collect()
}

fn workstation_heap(vars: &GcDacVars<'_>, offsets: &GenerationOffsets) -> Result<SubHeap> {
    let table = vars.word("generation_table")?.ok_or_else(|| missing("generation_table"))?;
    let pointer = |name: &str| -> Result<Addr> { vars.pointer_in(name)?.ok_or_else(|| missing(name)) };
    Ok(SubHeap {
        number: 0,
        generation_table: table,
        generations: generations(vars, offsets, table)?,
        ephemeral_segment: pointer("ephemeral_heap_segment")?,
        alloc_allocated: pointer("alloc_allocated")?,
        finalize_queue: pointer("finalize_queue")?,
        oom_history: vars.word("oom_info")?,
    })
}

fn server_heaps(
    vars: &GcDacVars<'_>,
    offsets: &GenerationOffsets,
    array: Addr,
    problems: &mut Vec<Problem>,
) -> Result<Vec<SubHeap>> {
    let count = vars.word("n_heaps")?.ok_or_else(|| missing("n_heaps"))?;
    let count = vars.memory().u32(count)?;
    if u64::from(count) > limits::MAX_GC_HEAPS {
        problems.push(Problem::loss(format!(
            "the GC claims {count} heaps; the first {} are read",
            limits::MAX_GC_HEAPS
        )));
    }
    let mut heaps = Vec::new();
    for number in 0..count.min(limits::MAX_GC_HEAPS as u32) {
        match server_heap(vars, offsets, array, number) {
            Ok(heap) => heaps.push(heap),
            Err(error) => {
                problems.push(Problem::loss(format!("heap {number} of {count} cannot be read: {error}")))
            }
        }
    }
    Ok(heaps)
}

fn server_heap(
    vars: &GcDacVars<'_>,
    offsets: &GenerationOffsets,
    array: Addr,
    number: u32,
) -> Result<SubHeap> {
    let memory = vars.memory();
    let heap = memory.pointer(array.offset(8 * u64::from(number)))?;
    let member = |field: &str| -> Result<Addr> {
        let offset = match vars.word("gc_heap_field_offsets")? {
            Some(_) => {
                let index = vars.layout().field("GcHeapFieldIndex", field)?;
                vars.offset_in("gc_heap_field_offsets", index)?.ok_or_else(|| missing(field))?
            }
            None => vars.layout().field("GcHeap", field)?,
        };
        Ok(heap.offset(offset))
    };
    let generation_table = member("generation_table")?;
    Ok(SubHeap {
        number,
        generation_table,
        generations: generations(vars, offsets, generation_table)?,
        ephemeral_segment: memory.pointer(member("ephemeral_heap_segment")?)?,
        alloc_allocated: memory.pointer(member("alloc_allocated")?)?,
        finalize_queue: memory.pointer(member("finalize_queue")?)?,
        oom_history: member("oom_info").ok(),
    })
}
