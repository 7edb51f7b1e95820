//! The pairs that were found, brought into the order of the rows of a join.

use super::candidates::Pair;
use super::rows::{Links, NONE};

/// In which order pairs were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By the rows before, then by those of the source that is joined.
    Left,
    /// The other way round.
    Right,
}

/// The pairs by the rows before, of which there are `left`, then by those of the source that is joined. With `keeps_left`
/// each of the rows before is there, if only with [`NONE`].
pub fn links(left: usize, keeps_left: bool, order: Order, pairs: Vec<Vec<Pair>>) -> Links {
    let found: usize = pairs.iter().map(Vec::len).sum();
    if order == Order::Left && !keeps_left {
        let mut links = Links { left: Vec::with_capacity(found), right: Vec::with_capacity(found) };
        for (one, other) in pairs.into_iter().flatten() {
            links.left.push(one);
            links.right.push(other);
        }
        return links;
    }
    // How many each row has, and from that where its first stands.
    let mut starts = vec![0u32; left];
    pairs.iter().flatten().for_each(|&(one, _)| starts[one as usize] += 1);
    let mut total = 0u32;
    for start in &mut starts {
        let own = if keeps_left { (*start).max(1) } else { *start };
        *start = total;
        total += own;
    }
    let mut links = Links { left: vec![0; total as usize], right: vec![NONE; total as usize] };
    for (one, &start) in starts.iter().enumerate() {
        let end = starts.get(one + 1).copied().unwrap_or(total);
        links.left[start as usize..end as usize].fill(one as u32);
    }
    for (one, other) in pairs.into_iter().flatten() {
        let next = &mut starts[one as usize];
        links.right[*next as usize] = other;
        *next += 1;
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_by_the_left_row_and_then_by_the_right_one() {
        let pairs = || vec![vec![(2, 0), (0, 1)], vec![(2, 4), (0, 5), (0, 6)]];
        let inner = links(4, false, Order::Right, pairs());
        assert_eq!((inner.left, inner.right), (vec![0, 0, 0, 2, 2], vec![1, 5, 6, 0, 4]));
        let outer = links(4, true, Order::Right, pairs());
        assert_eq!((outer.left, outer.right), (vec![0, 0, 0, 1, 2, 2, 3], vec![1, 5, 6, NONE, 0, 4, NONE]));
        let sorted = vec![vec![(1, 3)], vec![(1, 4)]];
        let outer = links(2, true, Order::Left, sorted);
        assert_eq!((outer.left, outer.right), (vec![0, 1, 1], vec![NONE, 3, 4]));
    }
}
