//! Depth-first search over all objects: the numbers in preorder and the tree that dominators are computed over.

use crate::graph::reachability::garbage_entries;
use crate::graph::{ObjectId, ObjectSet, Rows};

/// All objects of the graph by the order in which a depth-first search comes to them, from 1; 0 is the root above all.
#[derive(Debug)]
pub(super) struct Preorder {
    /// The object of each number; that of 0 is none.
    pub objects: Vec<u32>,
    /// The number of each number's parent in the tree of the search, always a smaller one; 0 for entries.
    pub parents: Vec<u32>,
    /// The last number of an object that is reachable from the roots. Those behind are garbage.
    pub last_reachable: u32,
    /// The objects that are reachable from the roots.
    pub reachable: ObjectSet,
}

impl Preorder {
    /// Searches from `entries`, then from the entries of what they do not reach. `free` objects are met by nobody.
    pub fn new(rows: &Rows, entries: &[ObjectId], free: &ObjectSet) -> Preorder {
        let mut search = Search::new(rows, free);
        search.all_from(entries);
        let last_reachable = search.objects.len() as u32 - 1;
        let met = ObjectSet::from_words(search.met.clone(), rows.len());
        if search.objects.len() as u64 + free.count() <= rows.len() as u64 {
            search.all_from(&garbage_entries(rows, &met));
        }
        let reachable = met.joined(free, |met, free| met & !free);
        Preorder { objects: search.objects, parents: search.parents, last_reachable, reachable }
    }
}

struct Search<'a> {
    rows: &'a Rows,
    objects: Vec<u32>,
    parents: Vec<u32>,
    /// A bit for each object that was met or is free. Small enough to stay in the processor's cache, unlike a number
    /// for each object, which is what makes the search fast.
    met: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(rows: &'a Rows, free: &ObjectSet) -> Search<'a> {
        let reserved = || {
            let mut numbers = Vec::with_capacity(rows.len() + 1);
            numbers.push(0);
            numbers
        };
        Search { rows, objects: reserved(), parents: reserved(), met: free.words().to_vec() }
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
            }
        }
    }

    /// Numbers an object that is new.
    fn number(&mut self, object: ObjectId, parent: u32) -> u32 {
        self.met[object.0 as usize / 64] |= 1 << (object.0 % 64);
        self.objects.push(object.0);
        self.parents.push(parent);
        self.objects.len() as u32 - 1
    }

    fn tree_of(&mut self, entry: ObjectId) {
        // Where to go on when a branch has ended: a number, and the place in its row that leads to something new. Who
        // has nothing new to come back for is not in it, so that a list costs nothing however long it is.
        let mut waiting: Vec<(u32, u32)> = Vec::new();
        let mut number = self.number(entry, 0);
        let mut row = self.rows.of(entry);
        let mut place = 0;
        loop {
            match self.next_new(row, place) {
                Some(found) => {
                    let child = row[found];
                    let child_number = self.number(child, number);
                    if let Some(next) = self.next_new(row, found + 1) {
                        waiting.push((number, next as u32));
                    }
                    (number, row, place) = (child_number, self.rows.of(child), 0);
                }
                None => {
                    let Some((again, next)) = waiting.pop() else { return };
                    (number, place) = (again, next as usize);
                    row = self.rows.of(ObjectId(self.objects[number as usize]));
                }
            }
        }
    }

    fn next_new(&self, row: &[ObjectId], place: usize) -> Option<usize> {
        (place..row.len()).find(|&place| self.is_new(row[place]))
    }
}
