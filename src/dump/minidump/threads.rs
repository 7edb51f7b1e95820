//! ThreadList, ThreadNames and Exception: the threads with their registers, the one that crashed first.

use rustc_hash::FxHashMap;

use crate::bytes::{Addr, Cursor, OutOfBounds};
use crate::dump::NativeThread;
use crate::problem::Problem;

use super::streams::{Kind, Streams, records};

/// Bytes of a `MINIDUMP_THREAD` and a `MINIDUMP_THREAD_NAME`.
const THREAD_SIZE: usize = 48;
const NAME_SIZE: usize = 12;
/// Places in a `MINIDUMP_THREAD`.
const TEB: usize = 16;
const STACK: usize = 24;
const CONTEXT: usize = 40;
/// Where a `MINIDUMP_EXCEPTION_STREAM` has the location of the context.
const EXCEPTION_CONTEXT: usize = 160;

/// Where the members of a CONTEXT of x64 (`winnt.h`) stand that have 8 bytes, in the order of Linux's `user_regs_struct`:
/// r15 to rdi.
const GENERAL: [usize; 15] =
    [0xf0, 0xe8, 0xe0, 0xd8, 0xa0, 0x90, 0xd0, 0xc8, 0xc0, 0xb8, 0x78, 0x80, 0x88, 0xa8, 0xb0];
const RSP: usize = 0x98;
const RIP: usize = 0xf8;
/// Segments, 2 bytes each: cs, ds, es, fs, gs, ss; flags behind them, 4 bytes.
const SEGMENTS: usize = 0x38;

/// The threads. Those whose registers are cut off have none.
pub(super) fn read(streams: &Streams<'_>, problems: &mut Vec<Problem>) -> Vec<NativeThread> {
    let Some(stream) = streams.stream(Kind::ThreadList) else {
        problems.push(Problem::loss("the minidump has no list of threads"));
        return Vec::new();
    };
    let mut cursor = Cursor::new(stream);
    let count = cursor.u32().unwrap_or(0);
    let list = stream.get(cursor.position()..).unwrap_or_default();
    let names = names(streams);
    let list = records(list, count.into(), THREAD_SIZE, "threads", problems);
    let mut threads: Vec<NativeThread> =
        list.filter_map(|record| thread(streams, &names, record).ok()).collect();
    crashed_first(streams, &mut threads);
    threads
}

fn thread(
    streams: &Streams<'_>,
    names: &FxHashMap<u32, String>,
    record: &[u8],
) -> Result<NativeThread, OutOfBounds> {
    let id = Cursor::new(record).u32()?;
    let teb = Cursor::at(record, TEB).u64()?;
    let mut stack = Cursor::at(record, STACK);
    let (stack_start, stack_size) = (stack.u64()?, u64::from(stack.u32()?));
    let context = located(streams, record, CONTEXT)?;
    Ok(NativeThread {
        id: id.into(),
        registers: registers(context, teb).unwrap_or_default(),
        name: names.get(&id).cloned(),
        stack_end: stack_start.checked_add(stack_size).filter(|_| stack_size > 0).map(Addr),
    })
}

/// The bytes that a location (size, place in the file) at `at` of a record leads to.
fn located<'a>(streams: &Streams<'a>, record: &[u8], at: usize) -> Result<&'a [u8], OutOfBounds> {
    let mut location = Cursor::at(record, at);
    let (size, offset) = (location.u32()?, location.u32()?);
    Ok(streams.bytes(offset as usize, size as usize))
}

/// The registers of a CONTEXT in the order of `user_regs_struct`. The base of gs is the thread's TEB.
fn registers(context: &[u8], teb: u64) -> Result<Vec<u64>, OutOfBounds> {
    let word = |at: usize| Cursor::at(context, at).u64();
    let segment = |index: usize| Cursor::at(context, SEGMENTS + 2 * index).u16().map(u64::from);
    let flags = u64::from(Cursor::at(context, SEGMENTS + 12).u32()?);
    let mut registers = GENERAL.iter().map(|&at| word(at)).collect::<Result<Vec<_>, _>>()?;
    // Linux has the number of the system call here; Windows has none.
    registers.push(u64::MAX);
    registers.extend([word(RIP)?, segment(0)?, flags, word(RSP)?, segment(5)?]);
    registers.extend([0, teb, segment(1)?, segment(2)?, segment(3)?, segment(4)?]);
    Ok(registers)
}

/// The names that the program gave to threads, by id.
fn names(streams: &Streams<'_>) -> FxHashMap<u32, String> {
    let stream = streams.stream(Kind::ThreadNames).unwrap_or_default();
    let mut cursor = Cursor::new(stream);
    let count = cursor.u32().unwrap_or(0);
    let list = stream.get(cursor.position()..).unwrap_or_default();
    let mut names = FxHashMap::default();
    // A name that is cut off takes nothing away from the thread.
    for record in records(list, count.into(), NAME_SIZE, "threads' names", &mut Vec::new()) {
        let mut cursor = Cursor::new(record);
        let (Ok(id), Ok(name)) = (cursor.u32(), cursor.u64()) else { break };
        if let Some(name) = streams.text(name).filter(|name| !name.is_empty()) {
            names.insert(id, name);
        }
    }
    names
}

/// Puts the thread that an exception ended first, with its registers as they were then: by the time that the dump is
/// written it runs the handler that writes it.
fn crashed_first(streams: &Streams<'_>, threads: &mut [NativeThread]) {
    let Some(stream) = streams.stream(Kind::Exception) else { return };
    let Ok(id) = Cursor::new(stream).u32() else { return };
    let Some(place) = threads.iter().position(|thread| thread.id == u64::from(id)) else { return };
    let Some(list) = threads.get_mut(..=place) else { return };
    list.rotate_right(1);
    let (Some(thread), Ok(context)) = (list.first_mut(), located(streams, stream, EXCEPTION_CONTEXT)) else {
        return;
    };
    let teb = thread.registers.get(22).copied().unwrap_or(0);
    if let Ok(registers) = registers(context, teb) {
        thread.registers = registers;
    }
}
