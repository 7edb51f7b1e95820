//! Depth-first search over all objects: the numbers in preorder and the tree that dominators are computed over.

use crate::bytes::{room, zeros};
use crate::graph::reachability::garbage_entries;
use crate::graph::{ObjectId, ObjectSet, Rows};

/// The order in which a depth-first search comes to objects, from 1; 0 is the root above all.
#[derive(Debug)]
pub(super) struct Preorder {
    /// The number of each object; 0 for those that the search does not come to, which are the free ones.
    pub numbers: Vec<u32>,
    /// The number of each number's parent in the tree of the search, always a smaller one; 0 for entries.
    pub parents: Vec<u32>,
    /// The references that are not the tree's: the number of who refers, and the object that is referred to. Those of
    /// objects to themselves are left out. Two of three references are the tree's in ordinary heaps.
    pub left_over: Vec<LeftOver>,
    /// The last number of an object that is reachable from the roots. Those behind are garbage.
    pub last_reachable: u32,
    /// The objects that are reachable from the roots.
    pub reachable: ObjectSet,
}

/// A reference that is not the tree's.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeftOver {
    /// The number of who refers: 0 for the roots, which refer to entries.
    pub from: u32,
    /// What it refers to; may be a free object or, in a damaged file, none at all.
    pub to: ObjectId,
}

impl Preorder {
    /// Searches from `entries`, then from the entries of what they do not reach. `free` objects are met by nobody.
    pub fn new(rows: &Rows, entries: &[ObjectId], free: &ObjectSet) -> Preorder {
        let mut search = Search::new(rows, free);
        search.all_from(entries);
        let last_reachable = search.last_number();
        let met = ObjectSet::from_words(search.met.clone(), rows.len());
        search.all_from(&garbage_entries(rows, &met));
        let reachable = met.joined(free, |met, free| met & !free);
        let Search { numbers, parents, left_over, .. } = search;
        Preorder { numbers, parents, left_over, last_reachable, reachable }
    }

    /// The object of each number; that of 0 is none.
    pub fn objects(&self) -> Vec<u32> {
        let mut objects = zeros(self.parents.len());
        for (object, &number) in self.numbers.iter().enumerate() {
            objects[number as usize] = object as u32;
        }
        objects
    }
}

struct Search<'a> {
    rows: &'a Rows,
    numbers: Vec<u32>,
    parents: Vec<u32>,
    left_over: Vec<LeftOver>,
    /// A bit for each object that was met or is free. Small enough to stay in the processor's cache, unlike a number
    /// for each object, which is what makes the search fast.
    met: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(rows: &'a Rows, free: &ObjectSet) -> Search<'a> {
        let mut parents = room(rows.len() + 1);
        parents.push(0);
        let met = free.words().to_vec();
        // Room for all references: what is not used is never touched.
        let left_over = room(rows.member_count());
        Search { rows, numbers: zeros(rows.len()), parents, left_over, met }
    }

    fn last_number(&self) -> u32 {
        self.parents.len() as u32 - 1
    }

    fn is_new(&self, object: ObjectId) -> bool {
        let word = self.met.get(object.0 as usize / 64);
        // What lies past the end is in no word, or in the last: references of a damaged file may lead there.
        word.is_some_and(|word| word >> (object.0 % 64) & 1 == 0) && (object.0 as usize) < self.rows.len()
    }

    fn all_from(&mut self, entries: &[ObjectId]) {
        for &entry in entries {
            if self.is_new(entry) {
                self.tree_of(entry);
            } else {
                self.left_over.push(LeftOver { from: 0, to: entry });
            }
        }
    }

    /// Numbers an object that is new.
    fn number(&mut self, object: ObjectId, parent: u32) -> u32 {
        self.met[object.0 as usize / 64] |= 1 << (object.0 % 64);
        self.parents.push(parent);
        self.numbers[object.0 as usize] = self.last_number();
        self.last_number()
    }

    fn tree_of(&mut self, entry: ObjectId) {
        // Where to go on when a branch has ended: an object, and the place in its row that leads to something new. Who
        // has nothing new to come back for is not in it, so that a list costs nothing however long it is.
        let mut waiting: Vec<(ObjectId, u32)> = Vec::new();
        let mut object = entry;
        let mut number = self.number(entry, 0);
        let mut row = self.rows.of(entry);
        let mut place = 0;
        loop {
            match self.next_new(row, place, object, number) {
                Some(found) => {
                    let child = row[found];
                    let child_number = self.number(child, number);
                    if let Some(next) = self.next_new(row, found + 1, object, number) {
                        waiting.push((object, next as u32));
                    }
                    (object, number, row, place) = (child, child_number, self.rows.of(child), 0);
                }
                None => {
                    let Some((again, next)) = waiting.pop() else { return };
                    (object, number) = (again, self.numbers[again.0 as usize]);
                    (row, place) = (self.rows.of(object), next as usize);
                }
            }
        }
    }

    /// The next place of an object's row, from `place` on, that leads to something new. What is passed over is left over:
    /// whoever asks goes on behind the place or, later, with it, so that each is passed over once.
    fn next_new(&mut self, row: &[ObjectId], place: usize, object: ObjectId, number: u32) -> Option<usize> {
        for (place, &to) in row.iter().enumerate().skip(place) {
            if self.is_new(to) {
                return Some(place);
            }
            if to != object {
                self.left_over.push(LeftOver { from: number, to });
            }
        }
        None
    }
}
