//! The header of GC info: what is told of a method as a whole.
//!
//! Source: `GcInfoDecoder::GcInfoDecoder` in `src/coreclr/vm/gcinfodecoder.cpp` of dotnet/runtime v8.0 to v10.0 and in
//! `src/vm/gcinfodecoder.cpp` of dotnet/coreclr v2.0 and v3.1.

use super::bits::{BitReader, Malformed};
use super::encoding::Encoding;

/// Bits of the flags of a fat header.
const FLAG_BITS: u32 = 10;
const HAS_SECURITY_OBJECT: u32 = 0x2;
const HAS_GS_COOKIE: u32 = 0x4;
const HAS_PSP_SYM: u32 = 0x8;
const GENERIC_CONTEXT: u32 = 0x30;
const HAS_STACK_BASE_REGISTER: u32 = 0x40;
const HAS_EDIT_AND_CONTINUE: u32 = 0x100;
const HAS_REVERSE_PINVOKE_FRAME: u32 = 0x200;
/// Bytes of a unit in which offsets on the stack are told.
const STACK_UNIT: i32 = 8;

/// What the generic context of a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenericContextKind {
    /// A MethodTable: static methods of generic types.
    MethodTable,
    /// A MethodDesc: generic methods.
    MethodDesc,
    /// The object whose method it is.
    This,
}

/// Where a frame keeps what tells its generic arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenericContext {
    /// What stands there.
    pub kind: GenericContextKind,
    /// Where: bytes from the stack base register, or from the caller's stack pointer up to version 3 of the format.
    pub offset: i32,
}

/// What is told of a method as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the method's code, its funclets included.
    pub code_length: u32,
    /// Bytes of the prologue, where the header tells them: of methods with a cookie or a generic context.
    pub prologue: Option<u32>,
    /// Where the generic context stands.
    pub generic_context: Option<GenericContext>,
    /// The register from which slots of the frame are told; `None` where it is the stack pointer.
    pub stack_base_register: Option<u8>,
    /// Bytes at the end of the frame that belong to what it calls.
    pub outgoing_area: u32,
    /// How many safe points there are.
    pub(super) safe_points: u32,
    /// How many interruptible ranges there are.
    pub(super) ranges: u32,
}

impl Header {
    pub(super) fn read(bits: &mut BitReader<'_>, encoding: &Encoding) -> Result<Header, Malformed> {
        let fat = bits.bit()?;
        let header = if fat { fat_header(bits, encoding)? } else { slim_header(bits, encoding)? };
        let widths = &encoding.widths;
        let header = Header {
            safe_points: bits.unsigned(widths.safe_points)?,
            ranges: if fat { bits.unsigned(widths.ranges)? } else { 0 },
            ..header
        };
        // Each begins at an offset of its own.
        if header.safe_points > encoding.normalize(header.code_length) {
            return Err(Malformed::Count("safe points"));
        }
        let range_bits = u64::from(widths.range_start + widths.range_length + 2);
        if u64::from(header.ranges) * range_bits > bits.remaining() {
            return Err(Malformed::Count("interruptible ranges"));
        }
        Ok(header)
    }
}

fn slim_header(bits: &mut BitReader<'_>, encoding: &Encoding) -> Result<Header, Malformed> {
    let has_stack_base = bits.bit()?;
    if encoding.version.return_kind_and_psp_sym {
        bits.bits(encoding.widths.return_kind.0)?;
    }
    Ok(Header {
        code_length: code_length(bits, encoding)?,
        prologue: None,
        generic_context: None,
        stack_base_register: has_stack_base.then_some(encoding.widths.stack_base as u8),
        outgoing_area: 0,
        safe_points: 0,
        ranges: 0,
    })
}

fn fat_header(bits: &mut BitReader<'_>, encoding: &Encoding) -> Result<Header, Malformed> {
    let (widths, old) = (&encoding.widths, encoding.version.return_kind_and_psp_sym);
    let flags = bits.bits(FLAG_BITS)?;
    let has = |flag: u32| flags & flag != 0;
    if old {
        bits.bits(widths.return_kind.1)?;
    }
    let code_length = code_length(bits, encoding)?;
    let has_security_object = has(HAS_SECURITY_OBJECT) && old;
    let context = generic_context_kind(flags);
    let mut prologue = None;
    if has(HAS_GS_COOKIE) || has_security_object || context.is_some() {
        let size = u64::from(bits.unsigned(widths.prologue)?) + 1;
        let shift = if encoding.version.offsets_shifted { widths.instruction_shift } else { 0 };
        prologue = Some(u32::try_from(size << shift).map_err(|_| Malformed::Number)?);
    }
    if has(HAS_GS_COOKIE) {
        bits.unsigned(widths.epilogue)?;
    }
    for present in [has_security_object, has(HAS_GS_COOKIE), has(HAS_PSP_SYM) && old] {
        if present {
            bits.signed(widths.stack_slot)?;
        }
    }
    let generic_context = match context {
        Some(kind) => Some(GenericContext { kind, offset: stack_offset(bits, widths.stack_slot)? }),
        None => None,
    };
    let stack_base_register = match has(HAS_STACK_BASE_REGISTER) {
        true => Some(register(bits.unsigned(widths.stack_base_register)? ^ widths.stack_base)?),
        false => None,
    };
    if has(HAS_EDIT_AND_CONTINUE) {
        bits.unsigned(widths.edit_and_continue)?;
        widths.edit_and_continue_frame.map(|width| bits.unsigned(width)).transpose()?;
    }
    if has(HAS_REVERSE_PINVOKE_FRAME) {
        bits.signed(widths.stack_slot)?;
    }
    let outgoing_area = bits.unsigned(widths.outgoing_area)?.checked_mul(STACK_UNIT as u32);
    Ok(Header {
        code_length,
        prologue,
        generic_context,
        stack_base_register,
        outgoing_area: outgoing_area.ok_or(Malformed::Number)?,
        safe_points: 0,
        ranges: 0,
    })
}

fn generic_context_kind(flags: u32) -> Option<GenericContextKind> {
    match flags & GENERIC_CONTEXT {
        0x10 => Some(GenericContextKind::MethodTable),
        0x20 => Some(GenericContextKind::MethodDesc),
        0x30 => Some(GenericContextKind::This),
        _ => None,
    }
}

fn code_length(bits: &mut BitReader<'_>, encoding: &Encoding) -> Result<u32, Malformed> {
    let units = u64::from(bits.unsigned(encoding.widths.code_length)?);
    u32::try_from(units << encoding.widths.instruction_shift).map_err(|_| Malformed::Number)
}

/// The number of a register: no architecture has more than 32 general ones.
pub(super) fn register(number: u32) -> Result<u8, Malformed> {
    u8::try_from(number).ok().filter(|&number| number < 32).ok_or(Malformed::Count("registers"))
}

/// An offset on the stack, in bytes.
pub(super) fn stack_offset(bits: &mut BitReader<'_>, width: u32) -> Result<i32, Malformed> {
    bits.signed(width)?.checked_mul(STACK_UNIT).ok_or(Malformed::Number)
}
