//! Ways of several dumps side by side.
//!
//! Ways of two dumps are one where the root's kind and name, the types down to the owner (by their keys) and the fields
//! are the same: what an owner does inside with one object more is no other way. What is left then is one where all from the
//! owner on is the same: the objects are held by the same owner, and the shortest way to that changed, as a word of a stack came or
//! went. It is shown as in the later dump.

use std::cmp::Reverse;

use crate::diff::compare::names::key;
use crate::diff::{Way, WayStep};

/// The ways of each dump as one list, the most growth first; `None` for a dump of which nobody knows ways.
pub(super) fn aligned(dumps: &[Option<&[Way]>]) -> Vec<Way> {
    let mut all: Vec<Way> = Vec::new();
    for (dump, ways) in dumps.iter().enumerate() {
        let mut left: Vec<&Way> = Vec::new();
        for way in ways.unwrap_or_default() {
            match all.iter_mut().find(|known| known.counts[dump] == 0 && is_same(known, way)) {
                Some(known) => put(known, way, dump),
                None => left.push(way),
            }
        }
        for way in left {
            match all.iter_mut().find(|known| known.counts[dump] == 0 && has_same_owner(known, way)) {
                Some(known) => put(known, way, dump),
                None => {
                    let zeros = || vec![0; dumps.len()];
                    all.push(Way { counts: zeros(), sizes: zeros(), ..way.clone() });
                    if let Some(new) = all.last_mut() {
                        put(new, way, dump);
                    }
                }
            }
        }
    }
    all.sort_by_key(|way| (Reverse(change(way)), Reverse(way.counts.last().copied())));
    all
}

/// By how many objects the ways to them became more.
pub(super) fn change(way: &Way) -> i128 {
    let number = |count: Option<&u64>| count.map_or(0, |&count| i128::from(count));
    number(way.counts.last()) - number(way.counts.first())
}

fn put(known: &mut Way, way: &Way, dump: usize) {
    known.root_kind.clone_from(&way.root_kind);
    known.root_name.clone_from(&way.root_name);
    known.steps.clone_from(&way.steps);
    known.owner = way.owner;
    known.counts[dump] = way.counts.iter().sum();
    known.sizes[dump] = way.sizes.iter().sum();
}

fn is_same(one: &Way, other: &Way) -> bool {
    let name = |way: &Way| way.root_name.as_deref().map(|name| key(name).into_owned());
    let down_to_owner =
        |way: &Way| way.owner.and_then(|owner| way.steps.get(..=owner).map(<[WayStep]>::to_vec));
    let are_same_steps = match (down_to_owner(one), down_to_owner(other)) {
        (Some(one), Some(other)) => are_same(&one, &other),
        _ => are_same(&one.steps, &other.steps),
    };
    one.root_kind == other.root_kind && are_same_steps && name(one) == name(other)
}

fn has_same_owner(one: &Way, other: &Way) -> bool {
    let tail = |way: &Way| way.owner.and_then(|owner| way.steps.get(owner..).map(<[WayStep]>::to_vec));
    tail(one).zip(tail(other)).is_some_and(|(one, other)| are_same(&one, &other))
}

fn are_same(one: &[WayStep], other: &[WayStep]) -> bool {
    let is_same = |(one, other): (&WayStep, &WayStep)| {
        one.field == other.field && key(&one.type_name) == key(&other.type_name)
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(root: &str, steps: &str, owner: usize, count: u64) -> Way {
        let step = |(type_name, field): (&str, &str)| WayStep {
            type_name: type_name.to_owned(),
            field: Some(field.to_owned()).filter(|field| !field.is_empty()),
            repeats: false,
        };
        Way {
            root_kind: "static".to_owned(),
            root_name: Some(root.to_owned()),
            steps: steps.split(' ').map(|text| step(text.split_once('.').unwrap_or((text, "")))).collect(),
            owner: Some(owner),
            counts: vec![count],
            sizes: vec![count * 24],
            not_kept: Vec::new(),
        }
    }

    fn counts(dumps: &[Option<&[Way]>]) -> Vec<(String, Vec<u64>)> {
        aligned(dumps).into_iter().map(|way| (way.root_name.unwrap_or_default(), way.counts)).collect()
    }

    #[test]
    fn ways_that_read_alike_are_one() {
        let before = [way("p", "Cache.list List._items Item[].[] Item", 1, 5), way("q", "Item", 0, 9)];
        let after = [way("q", "Item", 0, 8), way("p", "Cache.list List._items Item[].[] Item", 1, 500)];
        let shown = counts(&[Some(&before), Some(&after)]);
        assert_eq!(shown, [("p".to_owned(), vec![5, 500]), ("q".to_owned(), vec![9, 8])]);
    }

    #[test]
    fn what_an_owner_does_inside_is_no_other_way() {
        let before = [way("p", "Shop.notified Handler.target Item", 0, 1)];
        let after = [way("p", "Shop.notified Handler.list Object[].[] Handler.target Item", 0, 51)];
        assert_eq!(counts(&[Some(&before), Some(&after)]), [("p".to_owned(), vec![1, 51])]);
        let other_field = [way("p", "Shop.closed Handler.target Item", 0, 51)];
        assert_eq!(counts(&[Some(&before), Some(&other_field)]).len(), 2);
    }

    #[test]
    fn generated_names_are_matched_by_what_they_come_from() {
        let before = [way("p", "A+<>c__DisplayClass1_0.x Item", 0, 1)];
        let after = [way("p", "A+<>c__DisplayClass2_0.x Item", 0, 2)];
        assert_eq!(counts(&[Some(&before), Some(&after)]), [("p".to_owned(), vec![1, 2])]);
    }

    #[test]
    fn a_way_that_changed_above_the_owner_is_the_same() {
        let before = [way("p", "Shop.cache Cache.items Item", 1, 5)];
        let after = [way("other", "Host.shop Shop.cache Cache.items Item", 2, 50)];
        assert_eq!(counts(&[Some(&before), Some(&after)]), [("other".to_owned(), vec![5, 50])]);
        let elsewhere = [way("other", "Host.log Log.items Item", 1, 50)];
        let shown = counts(&[Some(&before), Some(&elsewhere)]);
        assert_eq!(shown, [("other".to_owned(), vec![0, 50]), ("p".to_owned(), vec![5, 0])]);
    }

    #[test]
    fn a_dump_without_ways_has_none_on_each() {
        let ways = [way("p", "Item", 0, 5)];
        assert_eq!(counts(&[None, Some(&ways)]), [("p".to_owned(), vec![0, 5])]);
    }
}
