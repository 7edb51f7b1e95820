//! Which kind an explicit frame is of: by the number in its first word since 10.0, before that by its virtual table.
//!
//! The runtime's table of variables lists virtual tables in the order of `src/coreclr/inc/vptr_list.h`, behind the variables
//! whose number changes in servicing. So the list is found by an entry that is known: that of the modules.

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::clr::ClrRuntime;
use crate::clr::layout::Descriptor;

use super::kind::{FRAME_TYPES, FrameType, frame_type};

/// What the first word of frames says.
#[derive(Clone, Debug, Default)]
pub(super) struct Identities {
    /// The place in [`FRAME_TYPES`] by first word.
    by_word: FxHashMap<u64, u16>,
}

impl Identities {
    /// Those of `runtime`; empty where neither numbers nor virtual tables are known.
    pub fn of(runtime: &ClrRuntime) -> Identities {
        let numbered = Identities::numbered(&runtime.located.layout);
        if numbered.are_known() {
            return numbered;
        }
        let memory = &runtime.dump.memory;
        let anchor = runtime.modules.first().and_then(|module| memory.pointer(module.address).ok());
        let vtables = anchor.map(|anchor| runtime.located.vtables(memory, "Module", anchor));
        let known = vtables.into_iter().flatten();
        known.map(|(name, vtable)| (vtable.0, name)).collect()
    }

    /// The numbers that a layout has.
    pub(super) fn numbered(layout: &Descriptor) -> Identities {
        let number = |kind: &FrameType| layout.number(&format!("{}Identifier", kind.name));
        FRAME_TYPES.iter().filter_map(|kind| Some((number(kind)?, kind.name.to_owned()))).collect()
    }

    /// Whether frames can be told apart at all.
    pub fn are_known(&self) -> bool {
        !self.by_word.is_empty()
    }

    /// The place in [`FRAME_TYPES`] of the kind of a frame with that first word.
    pub fn place(&self, word: Addr) -> Option<u16> {
        self.by_word.get(&word.0).copied()
    }

    /// The kind at a place of the list.
    pub fn kind(place: u16) -> Option<&'static FrameType> {
        FRAME_TYPES.get(usize::from(place))
    }
}

impl FromIterator<(u64, String)> for Identities {
    /// First words, and the names of the kinds that they stand for.
    fn from_iter<I: IntoIterator<Item = (u64, String)>>(words: I) -> Identities {
        let by_word = words.into_iter().filter_map(|(word, name)| Some((word, frame_type(&name)?)));
        Identities { by_word: by_word.collect() }
    }
}
