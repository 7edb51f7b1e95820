//! Takes any bytes for the signature of a field or of a type.

use heapql::clr::metadata::TypeSignature;

/// Runs the target.
pub fn run(bytes: &[u8]) {
    let of_type = TypeSignature::of_type(bytes);
    // The signature of a field is that of its type behind one byte.
    if let Some((&0x06, rest)) = bytes.split_first() {
        assert_eq!(TypeSignature::of_field(bytes).ok(), TypeSignature::of_type(rest).ok());
    }
    if let Ok(signature) = of_type {
        assert!(parts(&signature) <= bytes.len(), "each part takes a byte");
    }
}

fn parts(signature: &TypeSignature) -> usize {
    use TypeSignature::{Array, ByReference, FunctionPointer, Instance, Pointer, SzArray};
    1 + match signature {
        Instance(_, arguments) => arguments.iter().map(parts).sum(),
        SzArray(of) | Pointer(of) | ByReference(of) | Array(of, _) => parts(of),
        FunctionPointer(result, arguments) => parts(result) + arguments.iter().map(parts).sum::<usize>(),
        _ => 0,
    }
}
