//! The metadata that the reader's tests share, laid out by hand.

use crate::synth::metadata::{Builder, Cell};

/// The bytes of the sample's GUID.
pub(super) const MVID: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/// `zoo.dll` with these types, from row 1 on: `<Module>`, `Zoo.Dog` (two fields, two methods),
/// ``Zoo.Cage`1``, ``Zoo.Cage`1+Door``, ``Zoo.Cage`1+Door+Hinge`1``, `Sys.TitleAttribute` (a constructor).
pub(super) fn sample(form: &'static str, wide_heaps: bool) -> Builder {
    use Cell::{Blob, Guid, Name, NoGuid, U16, U32};
    let mut b = Builder::of_form(form, wide_heaps);
    b.row(0x00, &[U16(0), Name("zoo.dll"), Guid(MVID), NoGuid, NoGuid]);
    b.row(0x01, &[U16(1 << 2 | 2), Name("Object"), Name("System")]);
    b.row(0x01, &[U16(1 << 2 | 2), Name("AssemblyFileVersionAttribute"), Name("System.Reflection")]);
    for (flags, name, namespace, fields, methods) in [
        (0, "<Module>", "", 1, 1),
        (0x0010_0001, "Dog", "Zoo", 1, 1),
        (0x0010_0001, "Cage`1", "Zoo", 3, 3),
        (0x0010_0002, "Door", "", 3, 3),
        (0x0010_0005, "Hinge`1", "", 3, 3),
        (0x0010_0001, "TitleAttribute", "Sys", 3, 3),
    ] {
        let names = [U32(flags), Name(name), Name(namespace)];
        b.row(0x02, &[&names[..], &[U16(1 << 2 | 1), U16(fields), U16(methods)]].concat());
    }
    b.row(0x04, &[U16(1), Name("name"), Blob(&[6, 14])]);
    b.row(0x04, &[U16(0x8056), Name("Legs"), Blob(&[6, 8])]);
    b.row(0x06, &[U32(0x2050), U16(0), U16(0x1886), Name(".ctor"), Blob(&[0x20, 0, 1]), U16(1)]);
    b.row(0x06, &[U32(0x2058), U16(0), U16(0x86), Name("Bark"), Blob(&[0x20, 1, 1, 8]), U16(1)]);
    b.row(0x06, &[U32(0x2060), U16(0), U16(0x1886), Name(".ctor"), Blob(&[0x20, 1, 1, 14]), U16(2)]);
    b.row(0x08, &[U16(0), U16(1), Name("times")]);
    b.row(0x0a, &[U16(2 << 3 | 1), Name(".ctor"), Blob(&[0x20, 1, 1, 14])]);
    b.row(0x0b, &[U16(8), U16(2 << 2), Blob(&[4, 0, 0, 0])]);
    // On a type; on the assembly by MemberRef and by MethodDef; one whose text is null.
    b.row(0x0c, &[U16(2 << 5 | 3), U16(1 << 3 | 3), Blob(b"\x01\0\x03no!\0\0")]);
    b.row(0x0c, &[U16(1 << 5 | 14), U16(1 << 3 | 3), Blob(b"\x01\0\x0810.0.1.2\0\0")]);
    b.row(0x0c, &[U16(1 << 5 | 14), U16(3 << 3 | 2), Blob(b"\x01\0\x03Zoo\0\0")]);
    b.row(0x0c, &[U16(1 << 5 | 14), U16(1 << 3 | 2), Blob(b"\x01\0\xff\0\0")]);
    b.row(0x0f, &[U16(8), U32(24), U16(2)]);
    b.row(0x10, &[U32(16), U16(1)]);
    b.row(0x1b, &[Blob(&[0x1d, 8])]);
    b.row(0x1d, &[U32(0x3000), U16(2)]);
    let versions = [U16(1), U16(2), U16(3), U16(65535)];
    b.row(0x20, &[&[U32(0x8004)], &versions[..], &[U32(0), Blob(&[]), Name("zoo"), Name("")]].concat());
    let system = [U32(0), Blob(&[7; 8]), Name("System.Runtime"), Name(""), Blob(&[])];
    b.row(0x23, &[&[U16(10), U16(0), U16(0), U16(0)], &system[..]].concat());
    b.row(0x27, &[U32(0x20_0000), U32(0), Name("Cat"), Name("Zoo"), U16(1 << 2 | 1)]);
    b.row(0x29, &[U16(5), U16(4)]);
    b.row(0x29, &[U16(4), U16(3)]);
    b.row(0x2a, &[U16(0), U16(0), U16(3 << 1), Name("T")]);
    b.row(0x2a, &[U16(0), U16(0), U16(4 << 1), Name("T")]);
    b.row(0x2a, &[U16(0), U16(0), U16(5 << 1), Name("T")]);
    b.row(0x2a, &[U16(1), U16(0), U16(5 << 1), Name("U")]);
    b.row(0x2b, &[U16(2 << 1), Blob(&[10, 1, 8])]);
    b
}
