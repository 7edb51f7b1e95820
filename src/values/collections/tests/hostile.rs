//! Whatever stands in memory, reading a collection ends, gives no more than there is memory for, and does not panic.

use proptest::prelude::*;

use crate::bytes::Addr;

use super::arrays::{concurrent_queue, dictionary, list, queue};
use super::nodes::{concurrent_dictionary, immutable_dictionary, linked_list, sorted_set, weak_table};
use super::world::{Of, World};

/// A collection for every way to walk.
fn collections(world: &mut World) -> Vec<Addr> {
    let entries: [&[i64]; 3] = [&[-1, 1, 10, 100], &[-1, 2, 20, 200], &[-1, 3, 30, 300]];
    let mut all = vec![
        list(world, 3, 0..8).0,
        dictionary(world, Of::Unsigned, [3, -1, 0], &entries).0,
        queue(world, 3, 4, 5),
        concurrent_queue(world),
        linked_list(world, &[1, 2, 3]).0,
        concurrent_dictionary(world).0,
        sorted_set(world).0,
        immutable_dictionary(world),
        weak_table(world).0,
    ];
    let wrapper = world.class("Collection", &[("items", Of::Named("System.Collections.Generic.IList<X>"))]);
    for inner in all.clone() {
        all.push(world.object(wrapper, &[inner.0 as i64]));
    }
    all
}

proptest! {
    #[test]
    fn random_bytes_anywhere(damage in prop::collection::vec((any::<usize>(), any::<u8>()), 1..40)) {
        let mut world = World::new();
        let all = collections(&mut world);
        for (at, byte) in damage {
            world.damage(at, byte);
        }
        for object in all {
            prop_assert!(world.read_anyhow(object) < 100_000);
        }
    }

    #[test]
    fn words_that_lead_elsewhere(swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..20)) {
        let mut world = World::new();
        let all = collections(&mut world);
        for (to, from) in swaps {
            world.copy_word(to, from);
        }
        for object in all {
            prop_assert!(world.read_anyhow(object) < 100_000);
        }
    }

    #[test]
    fn holes_anywhere(holes in prop::collection::vec((any::<prop::sample::Index>(), 1..64_u64), 1..8)) {
        let mut world = World::new();
        let all = collections(&mut world);
        for (at, bytes) in holes {
            world.lose_at(at, bytes);
        }
        for object in all {
            prop_assert!(world.read_anyhow(object) < 100_000);
        }
    }
}
