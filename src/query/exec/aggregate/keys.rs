//! The keys of a grouping, by what they depend on.
//!
//! All keys that depend on the type only are decided once a type: each type gets the number of its
//! combination of values (types may share a name). The same for places. When all keys are of these
//! two, a group is a pair of small numbers, and no hashing is needed.

use super::key_table::KeyTable;
use super::words::Words;
use crate::query::cells::Cells;
use crate::query::exec::scan::Scan;
use crate::query::exec::vector::Vector;
use crate::query::plan::{Node, Typed};
use crate::query::scalar::Scalar;

/// Numbers for combinations of values.
#[derive(Debug)]
pub struct Codes {
    /// The number of each type's or place's combination.
    pub of: Vec<u32>,
    /// A type or place that has the combination of each number.
    first: Vec<u32>,
}

impl Codes {
    /// All types or places have the same combination, that of no keys.
    fn none(len: usize) -> Codes {
        Codes { of: vec![0; len], first: vec![0] }
    }

    fn new(columns: &[(&Cells, &Typed)], len: usize) -> Codes {
        if columns.is_empty() {
            return Codes::none(len);
        }
        let mut words = Words::new(columns.iter().map(|(_, key)| key.kind));
        let stride = words.stride();
        let mut out = vec![0; len * stride];
        let vectors: Vec<Vector> = columns.iter().map(|(cells, _)| Vector::Cells((*cells).clone())).collect();
        words.encode(&vectors, len, stride, 0, &mut out);
        let mut table = KeyTable::new(stride);
        let mut codes = Codes { of: Vec::with_capacity(len), first: Vec::new() };
        for (at, key) in out.chunks(stride).enumerate() {
            let (number, new) = table.insert(key);
            codes.of.push(number);
            if new {
                codes.first.push(at as u32);
            }
        }
        codes
    }

    /// How many combinations there are.
    pub fn len(&self) -> usize {
        self.first.len()
    }
}

/// The keys of a grouping.
#[derive(Debug)]
pub struct GroupKeys {
    keys: Vec<Typed>,
    /// Combinations of the keys that depend on the type.
    pub types: Codes,
    /// Combinations of the keys that depend on the place.
    pub places: Codes,
    by_type: bool,
}

impl GroupKeys {
    /// Sorts prepared keys by what they depend on.
    pub fn new(keys: Vec<Typed>, scan: &dyn Scan) -> GroupKeys {
        let (mut types, mut places) = (Vec::new(), Vec::new());
        for key in &keys {
            match &key.node {
                Node::ByType(cells) => types.push((&**cells, key)),
                Node::ByPlace(cells) => places.push((&**cells, key)),
                _ => {}
            }
        }
        let by_type = !types.is_empty();
        let types = Codes::new(&types, scan.type_count());
        let places = Codes::new(&places, scan.place_count());
        GroupKeys { keys, types, places, by_type }
    }

    /// Whether a key depends on the type.
    pub fn by_type(&self) -> bool {
        self.by_type
    }

    /// The keys that depend on the row.
    pub fn by_row(&self) -> impl Iterator<Item = &Typed> {
        self.keys.iter().filter(|k| !matches!(k.node, Node::ByType(_) | Node::ByPlace(_) | Node::Literal(_)))
    }

    /// Whether groups are pairs of a type's and a place's combination.
    pub fn is_dense(&self) -> bool {
        self.by_row().next().is_none()
    }

    /// How many such pairs there are.
    pub fn dense_len(&self) -> usize {
        self.types.len().saturating_mul(self.places.len())
    }

    /// The number of a pair.
    pub fn dense_id(&self, type_code: u32, place_code: u32) -> u32 {
        place_code * self.types.len() as u32 + type_code
    }

    /// The pairs that are groups: those that rows have, and the one group of a grouping without keys.
    pub fn dense_ids(&self, has_rows: impl Fn(u32) -> bool) -> Vec<u32> {
        if self.keys.is_empty() {
            return vec![0];
        }
        (0..self.dense_len() as u32).filter(|&id| has_rows(id)).collect()
    }

    /// The key columns of groups that are pairs.
    pub fn dense_columns(&self, ids: &[u32]) -> Vec<Cells> {
        let width = self.types.len().max(1) as u32;
        let pairs: Vec<(u32, u32)> = ids.iter().map(|id| (id % width, id / width)).collect();
        self.columns(&pairs, |_| Cells::null(0))
    }

    /// The key columns of groups with these combinations; `row_column` gives the column of each key that
    /// depends on the row, by its position among those.
    pub fn columns(&self, pairs: &[(u32, u32)], mut row_column: impl FnMut(usize) -> Cells) -> Vec<Cells> {
        let mut rows = 0..;
        let mut columns = Vec::new();
        for key in &self.keys {
            columns.push(match &key.node {
                Node::ByType(cells) => {
                    cells.gather(pairs.iter().map(|p| self.types.first[p.0 as usize] as usize))
                }
                Node::ByPlace(cells) => {
                    cells.gather(pairs.iter().map(|p| self.places.first[p.1 as usize] as usize))
                }
                Node::Literal(value) => constant(value, key, pairs.len()),
                _ => row_column(rows.next().unwrap_or_default()),
            });
        }
        columns
    }
}

fn constant(value: &Scalar, key: &Typed, len: usize) -> Cells {
    Vector::Same(value.clone()).into_cells(len, key.kind_or_text())
}
