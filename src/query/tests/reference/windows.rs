//! Windows: for each row, all others are looked at.

use std::cmp::Ordering;

use super::{Int, Null, Value, World, nulls_last, order, show};
use crate::query::ast::{Arguments, Window};

/// What a function over a window gives in a row or a group.
pub fn window(window: &Window, this: &World<'_>) -> Value {
    let keys =
        |world: &World<'_>| window.order_by.iter().map(|key| world.eval(&key.expr)).collect::<Vec<_>>();
    let compare = |a: &[Value], b: &[Value]| {
        let parts = a.iter().zip(b).zip(&window.order_by);
        parts.fold(Ordering::Equal, |all, ((a, b), key)| all.then(nulls_last(a, b, key.descending)))
    };
    let together = |world: &World<'_>| {
        window.partition_by.iter().all(|by| order(&this.eval(by), &world.eval(by)).is_eq())
    };
    let (all, at) = this.all;
    let own = keys(this);
    let members = all.iter().enumerate().filter(|(_, world)| together(world));
    let members: Vec<(Ordering, bool, Vec<Value>, &World<'_>)> = members
        .map(|(other, world)| {
            let keys = keys(world);
            (compare(&keys, &own), other <= at, keys, world)
        })
        .collect();
    let before = members.iter().filter(|(order, ..)| order.is_lt());
    match window.name.text.as_str() {
        "row_number" => {
            let counts = |(order, first, ..): &&(Ordering, bool, Vec<Value>, &World<'_>)| {
                order.is_lt() || (order.is_eq() && *first)
            };
            Int(members.iter().filter(counts).count() as i128)
        }
        "rank" => Int(before.count() as i128 + 1),
        "dense_rank" => {
            let mut distinct: Vec<String> = before.map(|(_, _, keys, _)| texts(keys)).collect();
            distinct.sort();
            distinct.dedup();
            Int(distinct.len() as i128 + 1)
        }
        name => {
            let up_to = members.iter().filter(|(order, ..)| order.is_le()).map(|(.., world)| *world);
            match &window.arguments {
                Arguments::List(list) if !list.is_empty() => {
                    let values = up_to.map(|world| world.eval(&list[0])).filter(|v| !matches!(v, Null));
                    this.aggregate(name, values.collect())
                }
                _ => Int(up_to.count() as i128),
            }
        }
    }
}

fn texts(keys: &[Value]) -> String {
    keys.iter().map(show).collect::<Vec<_>>().join("|")
}
