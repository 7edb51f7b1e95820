//! What could not be followed, counted, with an example of each sort.

use crate::bytes::Addr;
use crate::problem::Problem;

/// What the references of some objects lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Losses {
    /// References to where no object begins.
    pub dangling: u64,
    /// The first of them: object, offset in it, value.
    pub first_dangling: Option<(Addr, u64, Addr)>,
    /// Slots that are not in the dump, and objects that have some.
    pub unread_slots: u64,
    pub unread_objects: u64,
    pub first_unread: Option<Addr>,
}

impl Losses {
    /// A reference to no object.
    #[cold]
    pub(super) fn dangle(&mut self, object: Addr, offset: u64, value: Addr) {
        self.dangling += 1;
        self.first_dangling.get_or_insert((object, offset, value));
    }

    /// An object with slots that are not in the dump.
    #[cold]
    pub(super) fn unread(&mut self, object: Addr, slots: u64) {
        self.unread_objects += 1;
        self.unread_slots += slots;
        self.first_unread.get_or_insert(object);
    }

    /// Those of objects that come behind.
    pub(super) fn add(&mut self, behind: Losses) {
        self.dangling += behind.dangling;
        self.first_dangling = self.first_dangling.or(behind.first_dangling);
        self.unread_slots += behind.unread_slots;
        self.unread_objects += behind.unread_objects;
        self.first_unread = self.first_unread.or(behind.first_unread);
    }

    /// The references to no object, if there are any.
    pub(super) fn dangling(&self) -> Option<Dangling> {
        self.first_dangling.map(|first| Dangling { count: self.dangling, first })
    }

    /// What is not in the dump.
    pub(super) fn unread_problem(&self) -> Option<Problem> {
        let (slots, objects) = (self.unread_slots, self.unread_objects);
        self.first_unread.map(|object| {
            Problem::loss(format!(
                "{slots} references of {objects} objects are not in the dump, the first of the object at {object}"
            ))
        })
    }
}

/// References that lead to no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dangling {
    /// How many.
    count: u64,
    /// The first: its object, the offset in that, where it leads.
    first: (Addr, u64, Addr),
}

impl Dangling {
    /// What there is to say of them: nothing is lost with those that stand `in_garbage` alone.
    pub fn problem(&self, in_garbage: bool) -> Problem {
        let (object, offset, value) = self.first;
        let example = format!("the one at offset {offset} of the object at {object} is {value}");
        let Dangling { count, .. } = self;
        if in_garbage {
            return Problem::note(format!(
                "{count} references of objects that nothing holds any more lead to what was collected before them: {example}"
            ));
        }
        Problem::loss(format!("{count} references lead to no object: {example}"))
    }
}
