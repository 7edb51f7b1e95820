use super::*;
use crate::bytes::Addr;
use crate::graph::TypeId;
use crate::state::tasks::node::{Node, Nodes};
use crate::state::tasks::status::TaskState;

/// Calls that wait, numbered from 0, and who waits for whom.
fn waiting(calls: u32, pairs: &[(u32, u32)]) -> Waiting {
    let call = |number: u32| Node {
        address: Addr(0x1000 + 8 * u64::from(number)),
        of: TypeId(0),
        state: TaskState::WaitingForActivation,
        number: Some(0),
        awaited: None,
        continuation: None,
        method: Some("Shop.Cart.Pay".into()),
    };
    let mut nodes = Nodes::default();
    nodes.all.extend((0..calls).map(call));
    Waiting::of_pairs(nodes, pairs)
}

fn chains(waiting: &Waiting, labels: &[u32]) -> Vec<(Vec<u32>, u32, u32)> {
    let mut chains = Chains::find(waiting, 1000);
    chains.number(|number| labels[number as usize]);
    assert!(chains.problems.is_empty(), "{:?}", chains.problems);
    chains.all.iter().map(|chain| (chains.frames(chain).to_vec(), chain.stack, chain.alike)).collect()
}

#[test]
fn a_call_that_waits_for_nothing_known_is_a_chain_of_its_own() {
    assert_eq!(chains(&waiting(1, &[]), &[0]), [(vec![0], 0, 1)]);
}

#[test]
fn what_several_await_is_on_the_chains_of_all_of_them() {
    let shared = waiting(3, &[(1, 0), (2, 0)]);
    assert_eq!(chains(&shared, &[0, 1, 1]), [(vec![0, 1], 0, 2), (vec![0, 2], 0, 2)]);
}

#[test]
fn a_call_that_awaits_several_has_a_chain_for_each() {
    let all = waiting(4, &[(3, 0), (3, 1), (1, 2)]);
    assert_eq!(chains(&all, &[0, 1, 2, 3]), [(vec![0, 3], 0, 1), (vec![2, 1, 3], 1, 1)]);
}

#[test]
fn the_most_frequent_stack_comes_first_whatever_its_addresses() {
    let calls = waiting(7, &[(1, 0), (3, 2), (5, 4)]);
    let labels = [8, 9, 5, 6, 5, 6, 5];
    let expected = [(vec![2, 3], 0, 2), (vec![4, 5], 0, 2), (vec![0, 1], 1, 1), (vec![6], 2, 1)];
    assert_eq!(chains(&calls, &labels), expected);
}

#[test]
fn calls_that_wait_for_each_other_are_told_once() {
    let circle = waiting(3, &[(0, 1), (1, 2), (2, 0)]);
    let chains = Chains::find(&circle, 1000);
    assert_eq!(chains.all.len(), 1);
    assert_eq!(chains.frames(&chains.all[0]), [2, 1, 0]);
    let told: Vec<String> = chains.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["async calls wait for each other in a circle, the one at 0x1000 among them"]);
}

#[test]
fn a_chain_of_a_million_is_followed_without_recursion() {
    let pairs: Vec<(u32, u32)> = (1..1_000_000).map(|number| (number, number - 1)).collect();
    let chains = Chains::find(&waiting(1_000_000, &pairs), 2_000_000);
    assert_eq!(chains.all.len(), 1);
    let frames = chains.frames(&chains.all[0]);
    assert_eq!((frames.len(), frames.first(), frames.last()), (1_000_000, Some(&0), Some(&999_999)));
}

#[test]
fn more_ways_than_any_memory_holds_are_cut_and_told() {
    // Thirty layers of two calls, each of which awaits both of the next: a billion chains.
    let layers = (0..29_u32).flat_map(|layer| {
        let (outer, inner) = (2 * layer, 2 * layer + 2);
        [(outer, inner), (outer, inner + 1), (outer + 1, inner), (outer + 1, inner + 1)]
    });
    let pairs: Vec<(u32, u32)> = layers.collect();
    let chains = Chains::find(&waiting(60, &pairs), 3000);
    assert_eq!(chains.all.len(), 100);
    let told: Vec<String> = chains.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["there are more async frames than the 3000 that are listed"]);
}
