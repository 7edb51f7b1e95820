//! Pointers that are not plain: relative and tagged ones in the precompiled images of 2.x.
//!
//! Source: `RelativePointer`, `FixupPointer` and `RelativeFixupPointer` in `src/inc/fixuppointer.h` of
//! dotnet/coreclr v2.0.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::error::{Error, ErrorKind, Result};

/// How a pointer is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// The distance from the field's own address; 0 is null.
    Relative,
    /// With bit 0 set, the address (less 1) of a cell that holds the pointer.
    Tagged,
    /// Relative, and the result tagged.
    RelativeTagged,
}

impl Encoding {
    /// The encoding that `layout` gives for a place; plain where it says nothing.
    ///
    /// # Errors
    /// The layout names one that is not known.
    pub fn of(layout: &Descriptor, place: &str) -> Result<Encoding> {
        match layout.encoding(place) {
            None => Ok(Encoding::Plain),
            Some("relative") => Ok(Encoding::Relative),
            Some("tagged") => Ok(Encoding::Tagged),
            Some("relative-tagged") => Ok(Encoding::RelativeTagged),
            Some(other) => {
                let message = format!("the layout description gives {place} the unknown encoding {other}");
                Err(Error::new(ErrorKind::UnknownRuntime, message))
            }
        }
    }

    /// Reads the pointer that stands at `place`.
    ///
    /// # Errors
    /// The field, or the cell it leads to, is not in the dump.
    pub fn read(self, memory: &AddressSpace, place: Addr) -> Result<Addr, Fault> {
        let word = memory.pointer(place)?;
        self.resolve(memory, place, word)
    }

    /// The pointer that the word `word`, read at `place`, stands for.
    ///
    /// # Errors
    /// The cell it leads to is not in the dump.
    pub fn resolve(self, memory: &AddressSpace, place: Addr, word: Addr) -> Result<Addr, Fault> {
        let relative = |word: Addr| if word.is_null() { word } else { place.offset(word.0) };
        let untag = |word: Addr| if word.0 & 1 == 0 { Ok(word) } else { memory.pointer(Addr(word.0 - 1)) };
        match self {
            Encoding::Plain => Ok(word),
            Encoding::Relative => Ok(relative(word)),
            Encoding::Tagged => untag(word),
            Encoding::RelativeTagged => untag(relative(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_leads_to_its_target() {
        let mut bytes = Vec::new();
        for word in [0x5000_u64, 0x20, 0x1019, 0x9000, 0xffff_ffff_ffff_fff9] {
            bytes.extend(word.to_le_bytes());
        }
        let memory = AddressSpace::from_memory(vec![(Addr(0x1000), bytes)]);
        let read = |encoding: Encoding, at| encoding.read(&memory, Addr(at)).unwrap();
        assert_eq!(read(Encoding::Plain, 0x1000), Addr(0x5000));
        assert_eq!(read(Encoding::Relative, 0x1008), Addr(0x1028));
        assert_eq!(read(Encoding::Tagged, 0x1000), Addr(0x5000));
        assert_eq!(read(Encoding::Tagged, 0x1010), Addr(0x9000));
        assert_eq!(read(Encoding::RelativeTagged, 0x1020), Addr(0x9000));
    }
}
