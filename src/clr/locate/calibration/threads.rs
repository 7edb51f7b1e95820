//! Threads: their list, their ids, their thread statics and their stacks.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::clr::checks::Check;
use crate::clr::layout::Descriptor;
use crate::dump::AddressSpace;
use crate::limits;

use super::{Evidence, Finding, find, settle};

pub(super) const FIRST_LINK: (&str, &str) = ("ThreadStore", "FirstThreadLink");
pub(super) const LINK: (&str, &str) = ("Thread", "LinkNext");
pub(super) const OS_ID: (&str, &str) = ("Thread", "OSId");
pub(super) const LOCALS: (&str, &str) = ("Thread", "ThreadLocalBlock");
pub(super) const STACK_BASE: (&str, &str) = ("Thread", "CachedStackBase");

/// From the head of the list to the number of threads: head, tail, lock or count in between are three words in
/// every version (`ThreadStore` in `src/coreclr/vm/threads.h`).
const COUNT_BEHIND_HEAD: u64 = 24;
/// Larger tables of thread statics are none: there is an entry a module.
const MOST_LOCAL_MODULES: u64 = 1 << 16;
/// Nothing is ever mapped below.
const LOWEST_STACK: u64 = 0x1000;
/// A larger stack is none.
const LARGEST_STACK: u64 = 1 << 32;

pub(super) fn calibrate(evidence: &Evidence<'_>, layout: &mut Descriptor, checks: &mut Vec<Check>) {
    let memory = &*evidence.dump.memory;
    let Some(store) = evidence.globals.pointer(memory, "ThreadStore") else { return };
    let Some(links) = links(memory, layout, store, checks) else { return };
    if let Some(finalizer) = evidence.globals.pointer(memory, "FinalizerThread") {
        let is_finalizer = |link: &Addr, offset: u64| link.0.checked_sub(offset) == Some(finalizer.0);
        settle(
            layout,
            checks,
            "Thread.LinkNext",
            LINK,
            (8, "link of the finalizer's thread"),
            |_, offset| Some(links.iter().filter(|link| is_finalizer(link, offset)).count()),
        );
    }
    let Some(link) = layout.optional_field(LINK.0, LINK.1) else { return };
    let threads: Vec<Addr> = links.iter().map(|at| Addr(at.0.wrapping_sub(link))).collect();
    let native: FxHashSet<u64> = evidence.dump.threads.iter().map(|thread| thread.id).collect();
    settle(layout, checks, "Thread.OSId", OS_ID, (4, "ids of native threads"), |_, offset| {
        let ids = threads.iter().filter_map(|t| memory.u32(t.offset(offset)).ok()).map(u64::from);
        let ids: FxHashSet<u64> = ids.filter(|id| native.contains(id)).collect();
        // Two threads at least: one number by itself may be any.
        Some(ids.len()).filter(|&found| found > 1)
    });
    settle(layout, checks, "Thread.CachedStackBase", STACK_BASE, (8, "stacks"), |tried, offset| {
        stacks(evidence, tried, &threads, offset)
    });
    settle(
        layout,
        checks,
        "Thread.ThreadLocalBlock",
        LOCALS,
        (8, "handles of thread statics"),
        |tried, offset| {
            let found = threads.iter().map(|thread| local_handles(evidence, tried, thread.offset(offset)));
            found.sum()
        },
    );
}

/// The addresses of all threads' links. Which offset is the list's shows by its length: it has as many links as
/// the number behind it says.
fn links(
    memory: &AddressSpace,
    layout: &mut Descriptor,
    store: Addr,
    checks: &mut Vec<Check>,
) -> Option<Vec<Addr>> {
    let list = |offset: u64| {
        let declared = memory.u32(store.offset(offset + COUNT_BEHIND_HEAD)).ok()? as usize;
        let mut links = Vec::new();
        let mut at = memory.pointer(store.offset(offset)).ok()?;
        while !at.is_null() && links.len() <= declared.min(limits::MAX_THREADS) {
            links.push(at);
            at = memory.pointer(at).ok()?;
        }
        // A thread for Main and one for finalizers are always there.
        (links.len() == declared && declared > 1).then_some(links)
    };
    if let Some(offset) = layout.optional_field(FIRST_LINK.0, FIRST_LINK.1) {
        return list(offset);
    }
    let proposal = layout.proposal(FIRST_LINK.0, FIRST_LINK.1)?;
    match find(proposal, 8, |offset| Some(list(offset)?.len())) {
        Finding::At { offset, proofs } => {
            layout.settle(FIRST_LINK.0, FIRST_LINK.1, offset);
            layout.settle("ThreadStore", "ThreadCount", offset + COUNT_BEHIND_HEAD);
            let detail = format!("offset {offset}, proved by a list of {proofs} threads");
            checks.push(Check::of("ThreadStore.FirstThreadLink", true, detail));
            list(offset)
        }
        _ => {
            let why = "no list has as many threads as it says";
            checks.push(Check::not_possible("ThreadStore.FirstThreadLink", why));
            None
        }
    }
}

/// How many threads have the bounds of their stack at `offset`: the base, and the limit a word on, with the stack
/// pointer between them.
fn stacks(evidence: &Evidence<'_>, layout: &Descriptor, threads: &[Addr], offset: u64) -> Option<usize> {
    let memory = &*evidence.dump.memory;
    let os_id = layout.optional_field(OS_ID.0, OS_ID.1)?;
    let register = evidence.dump.target.architecture.stack_pointer();
    let mut found = 0;
    for thread in threads {
        let Ok(id) = memory.u32(thread.offset(os_id)) else { continue };
        let native = evidence.dump.threads.iter().find(|native| native.id == u64::from(id));
        let Some(&sp) = native.and_then(|native| native.registers.get(register)) else { continue };
        let base = memory.pointer(thread.offset(offset)).ok()?;
        let limit = memory.pointer(thread.offset(offset + 8)).ok()?;
        if base.0 < sp || limit.0 > sp || limit.0 < LOWEST_STACK || base.0 - limit.0 > LARGEST_STACK {
            return None;
        }
        found += 1;
    }
    Some(found)
}

/// How many handles to objects the table of thread statics at `block` leads to; `None` when it is no such table.
fn local_handles(evidence: &Evidence<'_>, layout: &Descriptor, block: Addr) -> Option<usize> {
    let memory = &*evidence.dump.memory;
    let of = |of: &str, field: &str| layout.optional_field(of, field);
    let table = memory.pointer(block.offset(of("ThreadLocalBlock", "TLMTable")?)).ok()?;
    let size = memory.u64(block.offset(of("ThreadLocalBlock", "TLMTableSize")?)).ok()?;
    if table.is_null() && size == 0 {
        return Some(0);
    }
    if table.is_null() || !(1..=MOST_LOCAL_MODULES).contains(&size) {
        return None;
    }
    let handle = of("ThreadLocalModule", "GCStaticsHandle")?;
    let mut found = 0;
    for index in 0..size {
        let module = memory.pointer(table.offset(8 * index)).ok()?;
        if module.is_null() {
            continue;
        }
        let handle = memory.pointer(module.offset(handle)).ok()?;
        if !handle.is_null() {
            let object = memory.pointer(handle).ok()?;
            found += usize::from(evidence.is_object(object)?);
        }
    }
    Some(found)
}
