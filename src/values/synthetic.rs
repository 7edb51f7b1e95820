//! Values in synthetic processes, for the tests of this layer.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::synthetic::open;
use crate::synth::{Family, Holds, Kennel, Process, ProcessDump, Type, TypeDef};

use super::Values;

/// The element types that [`crate::synth::element`] does not name.
pub(crate) mod element {
    pub const I2: u8 = 0x06;
    pub const U2: u8 = 0x07;
    pub const U4: u8 = 0x09;
    pub const R4: u8 = 0x0c;
    pub const NATIVE_INT: u8 = 0x18;
}

/// The reader of a process's values.
pub(crate) fn values(process: Process) -> Values {
    values_of(&process.dump())
}

/// The reader of values of a process that may have been damaged.
pub(crate) fn values_of(dump: &ProcessDump) -> Values {
    Values::new(Arc::new(open(dump))).unwrap_or_else(|e| panic!("{e}"))
}

/// A process of the newest family to put types and objects into.
pub(crate) fn kennel() -> Kennel {
    Kennel::new(Family::V10_0)
}

/// A field: name, offset, contents.
pub(crate) type FieldPlan<'a> = (&'a str, u32, Holds);

/// Defines a type of the core library by its full name.
pub(crate) fn define(process: &mut Process, full_name: &str) -> TypeDef {
    let core = process.core_library();
    let (namespace, name) = full_name.rsplit_once('.').unwrap_or(("", full_name));
    process.define(core, namespace, name)
}

/// A struct of the core library with data of `bytes` bytes.
pub(crate) fn structure(process: &mut Process, name: &str, bytes: u32, fields: &[FieldPlan<'_>]) -> Type {
    let of = define(process, name);
    let made = process.structure(of, bytes);
    process.fields(of, made, fields);
    made
}

/// A class of the core library whose fields take `bytes` bytes.
pub(crate) fn class(process: &mut Process, name: &str, bytes: u32, fields: &[FieldPlan<'_>]) -> Type {
    let of = define(process, name);
    let made = process.class(of, 16 + bytes);
    process.fields(of, made, fields);
    made
}

/// The text of the object at `address`.
#[track_caller]
pub(crate) fn text(values: &Values, address: u64) -> Option<String> {
    values.object_text(Addr(address)).unwrap_or_else(|fault| panic!("{fault}"))
}
