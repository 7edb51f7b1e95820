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

    pub(super) fn problems(&self) -> Vec<Problem> {
        let dangling = self.first_dangling.map(|(object, offset, value)| {
            let example = format!("the one at offset {offset} of the object at {object} is {value}");
            Problem::loss(format!("{} references lead to no object: {example}", self.dangling))
        });
        let unread = self.first_unread.map(|object| {
            let (slots, objects) = (self.unread_slots, self.unread_objects);
            Problem::loss(format!(
                "{slots} references of {objects} objects are not in the dump, the first of the object at {object}"
            ))
        });
        dangling.into_iter().chain(unread).collect()
    }
}
