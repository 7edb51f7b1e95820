//! Signatures, good and bad.

use proptest::prelude::*;

use super::*;
use crate::clr::metadata::Table;
use TypeSignature::*;

fn named(table: Table, rid: u32, value_type: bool) -> NamedType {
    NamedType { token: Token { table, rid }, value_type }
}

fn field(bytes: &[u8]) -> Result<TypeSignature, MetadataError> {
    TypeSignature::of_field(&[&[FIELD], bytes].concat())
}

fn what(error: MetadataError) -> &'static str {
    match error {
        MetadataError::Malformed { what, .. } => what,
        other => panic!("{other}"),
    }
}

#[test]
fn every_form_of_a_type_is_read() {
    let int = || Box::new(Simple(element_type::I4));
    let dog = named(Table::TypeDef, 0x12, false);
    let point = named(Table::TypeRef, 3, true);
    let cases: Vec<(&[u8], TypeSignature)> = vec![
        (&[0x08], Simple(element_type::I4)),
        (&[0x0e], Simple(element_type::STRING)),
        (&[0x1c], Simple(element_type::OBJECT)),
        (&[0x18], Simple(element_type::NATIVE_INT)),
        (&[0x16], Simple(element_type::TYPED_REFERENCE)),
        (&[0x12, 0x48], Named(dog)),
        (&[0x11, 0x0d], Named(point)),
        (&[0x11, 0xc0, 0x00, 0x48, 0x00], Named(named(Table::TypeDef, 0x1200, true))),
        (&[0x13, 1], TypeVariable(1)),
        (&[0x1e, 0], MethodVariable(0)),
        (&[0x1d, 0x08], SzArray(int())),
        (&[0x0f, 0x08], Pointer(int())),
        (&[0x10, 0x08], ByReference(int())),
        (&[0x0f, 0x0f, 0x01], Pointer(Box::new(Pointer(Box::new(Simple(element_type::VOID)))))),
        // Three dimensions; lengths 2 and 3 are told, and one lower bound.
        (&[0x14, 0x08, 3, 2, 2, 3, 1, 0x7e], Array(int(), 3)),
        (&[0x15, 0x12, 0x48, 2, 0x08, 0x12, 0x48], Instance(dog, vec![*int(), Named(dog)])),
        (&[0x15, 0x11, 0x0d, 1, 0x13, 0], Instance(point, vec![TypeVariable(0)])),
        // An unmanaged function that takes an int and a pointer to one, and returns nothing.
        (
            &[0x1b, 0x09, 2, 0x01, 0x08, 0x0f, 0x08],
            FunctionPointer(Box::new(Simple(element_type::VOID)), vec![*int(), Pointer(int())]),
        ),
        (&[0x1b, 0x10, 1, 0, 0x1e, 0], FunctionPointer(Box::new(MethodVariable(0)), vec![])),
    ];
    for (bytes, expected) in cases {
        assert_eq!(field(bytes).as_ref(), Ok(&expected), "{bytes:x?}");
        assert_eq!(TypeSignature::of_type(bytes), Ok(expected), "{bytes:x?}");
    }
}

#[test]
fn modifiers_and_pinned_change_no_type() {
    // volatile: modreq(IsVolatile); and a modified element.
    assert_eq!(field(&[0x1f, 0x0d, 0x08]), Ok(Simple(element_type::I4)));
    assert_eq!(field(&[0x20, 0x0d, 0x1f, 0x0d, 0x45, 0x0e]), Ok(Simple(element_type::STRING)));
    assert_eq!(field(&[0x1d, 0x20, 0x0d, 0x08]), Ok(SzArray(Box::new(Simple(element_type::I4)))));
}

#[test]
fn what_is_no_signature_of_a_field_is_refused() {
    let of_method = TypeSignature::of_field(&[0x20, 0, 1]).unwrap_err();
    assert_eq!(what(of_method), "not the signature of a field");
    assert_eq!(what(TypeSignature::of_field(&[]).unwrap_err()), "a signature ends within a type");
}

#[test]
fn damaged_signatures_say_what_is_wrong() {
    for (bytes, expected) in [
        (&[0x1d][..], "a signature ends within a type"),
        (&[0x12], "a signature holds no number where one must be"),
        (&[0x12, 0xe0], "a signature holds no number where one must be"),
        (&[0x12, 0x03], "a coded index has an unknown tag"),
        (&[0x17], "a signature holds an unknown element type"),
        (&[0xff], "a signature holds an unknown element type"),
        (&[0x15, 0x08], "a generic instance is neither class nor struct"),
        (&[0x15, 0x12, 0x48, 0x84, 0x01, 0x08], "a generic instance has absurdly many arguments"),
        (&[0x14, 0x08, 2, 0xdf, 0xff, 0xff, 0xff, 1], "a signature holds no number where one must be"),
        (&[0x1b, 0, 0xdf, 0xff, 0xff, 0xff, 0x01, 0x01], "a signature ends within a type"),
    ] {
        assert_eq!(what(field(bytes).unwrap_err()), expected, "{bytes:x?}");
    }
}

#[test]
fn nesting_ends_at_the_cap_and_not_before() {
    let pointers = |count: usize| field(&[vec![0x0f; count], vec![0x08]].concat());
    assert!(pointers(MAX_TYPE_DEPTH as usize - 1).is_ok());
    let error = pointers(MAX_TYPE_DEPTH as usize).unwrap_err();
    assert_eq!(what(error), "a signature has more parts than any type");
}

#[test]
fn arguments_that_double_at_every_level_end_at_the_cap() {
    // Pairs of pairs, eight levels: 511 parts. Twenty levels: a million.
    fn pairs(levels: usize) -> Vec<u8> {
        match levels {
            0 => vec![0x08],
            _ => [&[0x15, 0x12, 0x48, 2][..], &pairs(levels - 1), &pairs(levels - 1)].concat(),
        }
    }
    assert!(field(&pairs(8)).is_ok());
    assert_eq!(what(field(&pairs(14)).unwrap_err()), "a signature has more parts than any type");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = TypeSignature::of_field(&bytes);
        let _ = TypeSignature::of_type(&bytes);
    }

    /// Every byte of a signature counts: cut short it is none.
    #[test]
    fn a_signature_that_is_cut_is_refused(depth in 0_usize..20, cut in 1_usize..8) {
        let whole = [vec![0x1d; depth], vec![0x15, 0x12, 0x48, 2, 0x08, 0x13, 1]].concat();
        prop_assert!(field(&whole).is_ok());
        let cut = cut.min(whole.len());
        prop_assert!(field(&whole[..whole.len() - cut]).is_err());
    }
}
