//! The element types: the byte with which a type begins in a signature, and by which the runtime tells
//! kinds of types apart (`CorElementType`, ECMA-335 II.23.1.16).

#![allow(missing_docs, reason = "the standard's own names")]

pub const VOID: u8 = 0x01;
pub const BOOLEAN: u8 = 0x02;
pub const CHAR: u8 = 0x03;
pub const I1: u8 = 0x04;
pub const U1: u8 = 0x05;
pub const I2: u8 = 0x06;
pub const U2: u8 = 0x07;
pub const I4: u8 = 0x08;
pub const U4: u8 = 0x09;
pub const I8: u8 = 0x0a;
pub const U8: u8 = 0x0b;
pub const R4: u8 = 0x0c;
pub const R8: u8 = 0x0d;
pub const STRING: u8 = 0x0e;
pub const POINTER: u8 = 0x0f;
pub const BY_REFERENCE: u8 = 0x10;
pub const VALUE_TYPE: u8 = 0x11;
pub const CLASS: u8 = 0x12;
pub const TYPE_VARIABLE: u8 = 0x13;
pub const ARRAY: u8 = 0x14;
pub const GENERIC_INSTANCE: u8 = 0x15;
pub const TYPED_REFERENCE: u8 = 0x16;
pub const NATIVE_INT: u8 = 0x18;
pub const NATIVE_UINT: u8 = 0x19;
pub const FUNCTION_POINTER: u8 = 0x1b;
pub const OBJECT: u8 = 0x1c;
pub const SZ_ARRAY: u8 = 0x1d;
pub const METHOD_VARIABLE: u8 = 0x1e;
pub const REQUIRED_MODIFIER: u8 = 0x1f;
pub const OPTIONAL_MODIFIER: u8 = 0x20;
/// Stands before the arguments that a call adds to a method of variable arguments.
pub const SENTINEL: u8 = 0x41;
pub const PINNED: u8 = 0x45;
