//! How a MethodTable's flags are written: as CoreCLR writes them, or as NativeAOT does.
//!
//! Readers know CoreCLR's flags. NativeAOT has the same ones for components and finalizers, another for references, and an
//! element type instead of a category. Source: `src/coreclr/nativeaot/Runtime/inc/MethodTable.h` of dotnet/runtime
//! (`Flags`, `EETypeElementType`); where the two runtimes differ, and versions among themselves, the layout says it.

use crate::clr::layout::Descriptor;

use super::MethodTableFlags;
use super::method_table::{
    CATEGORY_ARRAY, CATEGORY_INTERFACE, CATEGORY_PRIMITIVE, CATEGORY_SZ_ARRAY, CONTAINS_GC_POINTERS,
    HAS_COMPONENT_SIZE, HAS_FINALIZER, VALUE_TYPE,
};

/// Element types of NativeAOT: `EETypeElementType`, the same in all versions. Enums bear that of their numbers.
const FIRST_PRIMITIVE: u32 = 0x02;
const LAST_PRIMITIVE: u32 = 0x0f;
const STRUCT: u32 = 0x10;
const NULLABLE: u32 = 0x12;
const INTERFACE: u32 = 0x15;
const ARRAY: u32 = 0x17;
const SZ_ARRAY: u32 = 0x18;

/// How flags are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlagEncoding {
    /// As CoreCLR writes them.
    Plain,
    /// With an element type.
    ElementType {
        /// Which bits hold it.
        mask: u32,
        /// How far they lie from the lowest.
        shift: u32,
        /// The flag of types whose instances hold references.
        contains_gc_pointers: u32,
    },
}

impl FlagEncoding {
    pub(super) fn of(layout: &Descriptor) -> FlagEncoding {
        let number = |name: &str| u32::try_from(layout.number(name)?).ok();
        let element_type = || {
            Some(FlagEncoding::ElementType {
                mask: number("MethodTableFlags.ElementTypeMask")?,
                shift: number("MethodTableFlags.ElementTypeShift")?.min(31),
                contains_gc_pointers: number("MethodTableFlags.ContainsGCPointers")?,
            })
        };
        element_type().unwrap_or(FlagEncoding::Plain)
    }

    /// The flags that `word` stands for.
    pub(super) fn decode(self, word: u32) -> MethodTableFlags {
        let FlagEncoding::ElementType { mask, shift, contains_gc_pointers } = self else {
            return MethodTableFlags(word);
        };
        let mut flags = word & (HAS_COMPONENT_SIZE | HAS_FINALIZER);
        if flags & HAS_COMPONENT_SIZE != 0 {
            flags |= word & 0xffff;
        }
        if word & contains_gc_pointers != 0 {
            flags |= CONTAINS_GC_POINTERS;
        }
        MethodTableFlags(
            flags
                | match (word & mask) >> shift {
                    FIRST_PRIMITIVE..=LAST_PRIMITIVE => CATEGORY_PRIMITIVE,
                    STRUCT | NULLABLE => VALUE_TYPE,
                    INTERFACE => CATEGORY_INTERFACE,
                    ARRAY => CATEGORY_ARRAY,
                    SZ_ARRAY => CATEGORY_SZ_ARRAY,
                    _ => 0,
                },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As 8.0 writes them; 9.0 has another flag for references.
    const V8: FlagEncoding =
        FlagEncoding::ElementType { mask: 0x7c00_0000, shift: 26, contains_gc_pointers: 0x0020_0000 };
    const V9: FlagEncoding =
        FlagEncoding::ElementType { mask: 0x7c00_0000, shift: 26, contains_gc_pointers: 0x0100_0000 };

    fn word(element_type: u32, flags: u32) -> u32 {
        element_type << 26 | flags
    }

    #[test]
    fn element_types_are_categories() {
        let of = |element_type| V8.decode(word(element_type, 0));
        assert!(of(0x08).is_primitive() && of(0x08).is_value_type(), "Int32");
        assert!(of(0x10).is_value_type() && !of(0x10).is_primitive(), "a struct");
        assert!(of(0x12).is_value_type(), "Nullable");
        assert_eq!(of(0x14), MethodTableFlags(0), "a class");
        assert!(of(0x15).is_interface());
        assert_eq!(of(0x16), MethodTableFlags(0), "System.Array itself");
        assert!(of(0x17).is_array() && !of(0x17).is_sz_array());
        assert!(of(0x18).is_sz_array());
    }

    #[test]
    fn the_flag_of_references_is_the_versions_own() {
        assert!(V8.decode(word(0x14, 0x0020_0000)).contains_gc_pointers());
        assert!(!V8.decode(word(0x14, 0x0100_0000)).contains_gc_pointers(), "optional fields in 8.0");
        assert!(V9.decode(word(0x14, 0x0100_0000)).contains_gc_pointers());
        // CoreCLR's flag is a bit of the element type here: a boxed bool has it.
        assert!(!V8.decode(word(0x02, 0)).contains_gc_pointers());
    }

    #[test]
    fn component_sizes_and_finalizers_stand_where_they_do_in_coreclr() {
        let array = V8.decode(word(0x18, 0x8000_0008));
        assert_eq!((array.has_component_size(), array.component_size()), (true, 8));
        let class = V8.decode(word(0x14, 0x0010_0000 | 0x31));
        assert!(class.has_finalizer());
        assert_eq!(class.component_size(), 0);
        assert!(!class.is_generic(), "low bits say other things here");
    }

    #[test]
    fn a_layout_without_element_types_has_plain_flags() {
        assert_eq!(
            FlagEncoding::of(&Descriptor::default()).decode(0x010c_0035),
            MethodTableFlags(0x010c_0035)
        );
    }
}
