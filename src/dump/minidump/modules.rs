//! ModuleList: the images that were loaded, with what identifies their files.

use crate::bytes::{Addr, Cursor, OutOfBounds};
use crate::dump::{FileVersion, NativeModule, PdbId};
use crate::problem::Problem;

use super::streams::{Kind, Streams, records};

/// Bytes of a `MINIDUMP_MODULE`.
const MODULE_SIZE: usize = 108;
/// Where in it the fixed version info stands, the location of the CodeView record, and the name.
const NAME: usize = 20;
const FIXED_VERSION: usize = 24;
const CODE_VIEW: usize = 76;
/// `VS_FFI_SIGNATURE`.
const FIXED_VERSION_SIGNATURE: u32 = 0xfeef_04bd;
/// A CodeView record that names a PDB by GUID and age begins so.
const RSDS: u32 = 0x5344_5352;

/// The modules in the order of the list: the program's executable comes first.
pub(super) fn read(streams: &Streams<'_>, problems: &mut Vec<Problem>) -> Vec<NativeModule> {
    let Some(stream) = streams.stream(Kind::ModuleList) else {
        problems.push(Problem::loss("the minidump has no list of modules"));
        return Vec::new();
    };
    let mut cursor = Cursor::new(stream);
    let count = cursor.u32().unwrap_or(0);
    let list = stream.get(cursor.position()..).unwrap_or_default();
    let modules = records(list, count.into(), MODULE_SIZE, "modules", problems);
    modules.filter_map(|record| module(streams, record).ok()).collect()
}

fn module(streams: &Streams<'_>, record: &[u8]) -> Result<NativeModule, OutOfBounds> {
    let mut cursor = Cursor::new(record);
    let base = Addr(cursor.u64()?);
    let size = cursor.u32()?;
    let _checksum = cursor.u32()?;
    let time_date_stamp = cursor.u32()?;
    let name = Cursor::at(record, NAME).u32()?;
    let mut code_view = Cursor::at(record, CODE_VIEW);
    let (code_view_size, code_view_at) = (code_view.u32()?, code_view.u32()?);
    let code_view = streams.bytes(code_view_at as usize, code_view_size as usize);
    Ok(NativeModule {
        base,
        size,
        time_date_stamp,
        path: streams.text(name.into()).unwrap_or_default(),
        version: file_version(record)?,
        pdb: pdb(code_view).ok().flatten(),
    })
}

/// The version of the file, four numbers of 16 bits, from its `VS_FIXEDFILEINFO`.
fn file_version(record: &[u8]) -> Result<Option<FileVersion>, OutOfBounds> {
    let mut cursor = Cursor::at(record, FIXED_VERSION);
    let signature = cursor.u32()?;
    let _structure_version = cursor.u32()?;
    let (high, low) = (cursor.u32()?, cursor.u32()?);
    let halves = |word: u32| [(word >> 16) as u16, word as u16];
    let ([major, minor], [build, revision]) = (halves(high), halves(low));
    Ok((signature == FIXED_VERSION_SIGNATURE).then_some([major, minor, build, revision]))
}

fn pdb(code_view: &[u8]) -> Result<Option<PdbId>, OutOfBounds> {
    let mut cursor = Cursor::new(code_view);
    if cursor.u32()? != RSDS {
        return Ok(None);
    }
    let mut guid = [0; 16];
    guid.copy_from_slice(cursor.take(16)?);
    Ok(Some(PdbId { guid, age: cursor.u32()? }))
}
