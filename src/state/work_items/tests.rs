use super::*;
use crate::graph::build_heap;
use crate::progress::NoProgress;
use crate::synth::{Holds, Kennel, Type, element};
use crate::values::synthetic::{class, kennel, values};

const I4: Holds = Holds::Number(element::I4);

/// What waits in a process with a thread of managed id 5 and id 77 of the system's.
fn read(kennel: Kennel) -> (Vec<WorkItem>, Vec<Problem>) {
    let values = values(kennel.process);
    let heap = build_heap(values.types().runtime(), &NoProgress).unwrap();
    let thread = Thread { os_id: Some(77), managed_id: Some(5), ..Thread::default() };
    work_items(&[thread], &values, &heap)
}

struct Pool {
    kennel: Kennel,
    item: Type,
    objects: Type,
}

impl Pool {
    fn new() -> Pool {
        let mut kennel = kennel();
        let fields = [("_callback", 0, Holds::Object), ("_state", 8, Holds::Object)];
        let item = class(&mut kennel.process, "System.Threading.QueueUserWorkItemCallback", 16, &fields);
        let objects = kennel.process.array(kennel.process.object, 8);
        Pool { kennel, item, objects }
    }

    fn items(&mut self, count: usize) -> Vec<u64> {
        let dog = self.kennel.dogs[0];
        (0..count).map(|_| self.kennel.object(self.item, &[0, dog])).collect()
    }

    /// A thread's own queue with a ring of four.
    fn local(&mut self, ring: u64, head: u64, tail: u64) -> u64 {
        let fields = [
            ("m_array", 0, Holds::Object),
            ("m_mask", 8, I4),
            ("m_headIndex", 12, I4),
            ("m_tailIndex", 16, I4),
        ];
        let queue = class(&mut self.kennel.process, LOCAL, 24, &fields);
        self.kennel.object(queue, &[ring, 3 | head << 32, tail])
    }
}

fn told(items: &[WorkItem]) -> Vec<(&'static str, u64, u64, Option<u64>)> {
    items.iter().map(|item| (item.queue.word(), item.position, item.object.0, item.thread)).collect()
}

#[test]
fn the_queues_of_the_pool_are_told_in_the_order_in_which_they_are_emptied() {
    let mut pool = Pool::new();
    let items = pool.items(3);
    let queues = [[items[2]].as_slice(), &items[..2]].map(|of| pool.kennel.array(pool.objects, of));
    let fields = [("highPriorityWorkItems", 0, Holds::Object), ("workItems", 8, Holds::Object)];
    let of = class(&mut pool.kennel.process, QUEUES, 16, &fields);
    pool.kennel.object(of, &queues);
    let (read, problems) = read(pool.kennel);
    assert!(problems.is_empty(), "{problems:?}");
    let expected =
        [("high_priority", 0, items[2], None), ("global", 0, items[0], None), ("global", 1, items[1], None)];
    assert_eq!(told(&read), expected);
    assert_eq!(read[0].target_type.as_deref(), Some("Zoo.Dog"));
    assert_eq!(read[0].callback.as_deref(), Some("System.Threading.QueueUserWorkItemCallback.Execute"));
}

#[test]
fn a_threads_own_queue_is_a_ring_with_holes() {
    let mut pool = Pool::new();
    let items = pool.items(3);
    // From index 6 to 9: the third is gone, the fourth stands at the ring's beginning again.
    let ring = pool.kennel.array(pool.objects, &[0, items[2], items[0], items[1]]);
    let queue = pool.local(ring, 6, 10);
    let thread =
        class(&mut pool.kennel.process, "System.Threading.Thread", 8, &[("_managedThreadId", 0, I4)]);
    let thread = pool.kennel.object(thread, &[5]);
    let fields = [("workStealingQueue", 0, Holds::Object), ("currentThread", 8, Holds::Object)];
    let locals = class(&mut pool.kennel.process, THREAD_LOCALS, 16, &fields);
    pool.kennel.object(locals, &[queue, thread]);
    let (read, problems) = read(pool.kennel);
    assert!(problems.is_empty(), "{problems:?}");
    let expected = [
        ("local", 0, items[0], Some(77)),
        ("local", 1, items[1], Some(77)),
        ("local", 2, items[2], Some(77)),
    ];
    assert_eq!(told(&read), expected);
}

#[test]
fn indexes_that_no_ring_has_read_no_more_than_the_ring() {
    let mut pool = Pool::new();
    let items = pool.items(1);
    let ring = pool.kennel.array(pool.objects, &[items[0]; 4]);
    pool.local(ring, 0, 0x7fff_ffff);
    assert_eq!(read(pool.kennel).0.len(), 4);
    let mut pool = Pool::new();
    let ring = pool.kennel.array(pool.objects, &[0; 4]);
    pool.local(ring, 9, 2);
    assert!(read(pool.kennel).0.is_empty(), "a tail before its head");
}

#[test]
fn a_queue_without_its_ring_is_told_as_missing() {
    let mut pool = Pool::new();
    pool.local(0, 0, 1);
    let (read, problems) = read(pool.kennel);
    assert!(read.is_empty());
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["1 of the thread pool's queues are not in the dump, or only in part"]);
}
