use super::*;
use crate::clr::synthetic::{bundled, space, zeros};
use crate::synth::Memory;

const QUEUE: u64 = 0x1000;
const ARRAY: u64 = 0x2000;
const END: u64 = 0x3000;
/// Offsets of 8.0, from `src/coreclr/gc/gcpriv.h`.
const ARRAY_START: u64 = QUEUE + 56;
const ARRAY_END: u64 = QUEUE + 64;

/// A queue whose seven parts have so many objects: object n is 0x10 * (n + 1).
fn memory(parts: [u64; 7]) -> Memory {
    let mut memory = zeros(QUEUE, END);
    let mut count = 0;
    for (part, objects) in parts.into_iter().enumerate() {
        for _ in 0..objects {
            count += 1;
            memory.write_u64(ARRAY + 8 * (count - 1), 0x10 * count);
        }
        memory.write_u64(QUEUE + 8 * part as u64, ARRAY + 8 * count);
    }
    memory.write_u64(ARRAY_START, ARRAY);
    memory.write_u64(ARRAY_END, END);
    memory
}

fn read_queue(memory: Memory, queues: &[u64]) -> FinalizerQueue {
    let heaps = queues.iter().zip(0..).map(|(&at, number)| (number, Addr(at)));
    read(&space(memory), &bundled("8.0"), heaps)
}

fn rows(queue: &FinalizerQueue) -> Vec<(u64, &'static str)> {
    queue.objects.iter().map(|queued| (queued.object.0, queued.state.word())).collect()
}

fn told(queue: &FinalizerQueue) -> String {
    queue.problems.iter().map(|problem| format!("{}\n", problem.message)).collect()
}

#[test]
fn the_last_two_parts_are_ready() {
    let queue = read_queue(memory([1, 0, 1, 0, 0, 1, 1]), &[QUEUE]);
    assert_eq!(rows(&queue), [(0x10, "live"), (0x20, "live"), (0x30, "ready"), (0x40, "ready")]);
    assert_eq!(queue.objects[2].address, Addr(ARRAY + 16));
    assert_eq!(told(&queue), "");
}

#[test]
fn a_heap_without_a_queue_or_with_one_that_was_read_adds_nothing() {
    let queue = read_queue(memory([1, 0, 0, 0, 0, 0, 0]), &[0, QUEUE, QUEUE]);
    assert_eq!((rows(&queue).len(), told(&queue).as_str()), (1, ""));
}

#[test]
fn parts_that_contradict_each_other_are_refused() {
    // One that ends before the one before it, one behind the end of the array, one that is not aligned.
    for (place, value) in [(QUEUE + 16, ARRAY - 8), (ARRAY_END, ARRAY), (QUEUE + 48, ARRAY + 9)] {
        let mut memory = memory([1, 1, 1, 0, 0, 0, 0]);
        memory.write_u64(place, value);
        let queue = read_queue(memory, &[QUEUE]);
        assert!(queue.objects.is_empty());
        assert!(told(&queue).contains("make no sense"), "{place:#x}: {}", told(&queue));
    }
}

#[test]
fn an_array_longer_than_the_dump_is_refused_before_it_is_read() {
    let mut memory = memory([1, 0, 0, 0, 0, 0, 0]);
    memory.write_u64(QUEUE + 48, 1 << 40);
    memory.write_u64(ARRAY_END, 1 << 40);
    let queue = read_queue(memory, &[QUEUE]);
    assert_eq!(rows(&queue), [(0x10, "live")]);
    assert!(told(&queue).contains("longer than the whole dump"), "{}", told(&queue));
}

#[test]
fn what_is_not_in_the_dump_is_told() {
    for forgotten in [QUEUE, ARRAY + 8] {
        let mut memory = memory([3, 0, 0, 0, 0, 0, 0]);
        memory.forget(forgotten, forgotten + 8);
        let queue = read_queue(memory, &[QUEUE]);
        assert_eq!(queue.objects.len(), usize::from(forgotten > QUEUE));
        assert!(told(&queue).contains("not in the dump"), "{}", told(&queue));
    }
    let of_unknown = read(&AddressSpace::default(), &Descriptor::default(), std::iter::empty());
    assert!(told(&of_unknown).contains("not known for this runtime"));
}
