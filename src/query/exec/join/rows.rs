//! The rows of a join: of each source the number of the row that is a part of them.

use rayon::prelude::*;

use super::sides::Numbers;
use crate::query::exec::scan::Morsel;

/// In place of a row's number: the source has none here.
pub const NONE: u32 = u32::MAX;

/// Rows of a join of the first sources.
#[derive(Debug)]
pub struct JoinedRows {
    len: usize,
    /// For each source that is joined already.
    sides: Vec<Numbers>,
}

/// Which of the rows before belongs to which row of the source that is joined, in order; [`NONE`] for no row.
#[derive(Debug, Default)]
pub struct Links {
    /// The positions of the rows before.
    pub left: Vec<u32>,
    /// The positions of the rows of the source.
    pub right: Vec<u32>,
}

impl JoinedRows {
    /// The rows of the first source.
    pub fn first(numbers: Numbers) -> JoinedRows {
        JoinedRows { len: numbers.len(), sides: vec![numbers] }
    }

    /// How many sources are joined already.
    pub fn sides(&self) -> usize {
        self.sides.len()
    }

    /// The bytes of a row of so many sources.
    pub fn row_bytes(sides: usize) -> u64 {
        (sides * size_of::<u32>()) as u64
    }

    /// The bytes that the rows take.
    pub fn bytes(&self) -> u64 {
        self.len as u64 * JoinedRows::row_bytes(self.sides.len())
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The numbers in a source of the rows at `positions`. Of a source that is not joined yet there are none.
    pub fn numbers(&self, side: usize, positions: impl Iterator<Item = usize>) -> Vec<u32> {
        match self.sides.get(side) {
            Some(Numbers::All(_)) => positions.map(|at| at as u32).collect(),
            Some(Numbers::List(list)) => positions.map(|at| list[at]).collect(),
            None => positions.map(|_| NONE).collect(),
        }
    }

    /// The rows with those of one more source.
    pub fn with(&self, right: &Numbers, links: Links) -> JoinedRows {
        let mut sides: Vec<Numbers> =
            self.sides.iter().map(|side| Numbers::List(picked(side, &links.left))).collect();
        sides.push(Numbers::List(picked(right, &links.right)));
        JoinedRows { len: links.left.len(), sides }
    }

    /// Rows of nothing but one source, which is the one at `side`.
    pub fn alone(side: usize, numbers: Vec<u32>) -> JoinedRows {
        let missing = vec![NONE; numbers.len()];
        let len = numbers.len();
        let mut sides = vec![Numbers::List(missing); side];
        sides.push(Numbers::List(numbers));
        JoinedRows { len, sides }
    }

    /// All rows, as one morsel.
    pub fn morsel(&self) -> Morsel {
        Morsel { block: 0, start: 0, end: self.len as u32, place: 0, first: 0 }
    }
}

/// The numbers at `positions`.
fn picked(numbers: &Numbers, positions: &[u32]) -> Vec<u32> {
    match numbers {
        Numbers::All(_) => positions.to_vec(),
        Numbers::List(list) => {
            let number = |&at: &u32| list.get(at as usize).copied().unwrap_or(NONE);
            positions.par_iter().map(number).collect()
        }
    }
}
