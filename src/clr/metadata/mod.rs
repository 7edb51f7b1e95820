//! Metadata of a .NET module: names, fields, methods, signatures (ECMA-335 II.22 and II.24).
//!
//! Reads the physical layout only: what a signature means, how a generic instantiation is spelled
//! and which module is meant are decided elsewhere in [`crate::clr`].
//!
//! The metadata of a dump may have holes: heap dumps of .NET Core 3.1 hold single pages of it. The
//! reader therefore goes through [`SparseBytes`]: metadata that is all there is one slice, and of
//! metadata with holes every row and every name whose bytes are there comes out, the rest being
//! [`MetadataError::NotInDump`]. A zero-filled buffer with a bitmap of present pages would have to
//! be allocated by a size that the dump claims, and one forgotten check would turn a hole into a name.
//!
//! Why this reader is our own: of the crates that read these tables, `windows-metadata` and `winmd`
//! take whole PE files without `#-` streams and panic on what they do not expect, `dotnetdll` is under
//! the GPL, and `dotscope` loads an assembly eagerly behind 35 dependencies. None takes metadata with holes.

mod attributes;
mod coded_index;
mod compressed;
pub(in crate::clr) mod element_type;
mod error;
mod guid;
mod heaps;
mod members;
mod portable_pdb;
mod root;
mod row;
mod rows;
#[cfg(test)]
mod sample;
mod signature;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod type_names;

use std::borrow::Cow;
use std::sync::OnceLock;

pub use coded_index::Token;
pub use error::MetadataError;
pub use guid::Guid;
pub use heaps::{BlobIndex, GuidIndex, StringIndex, UserStringIndex};
pub use portable_pdb::{PortablePdb, SequencePoint};
pub use row::{Row, TableRow};
pub use rows::{
    Assembly, AssemblyRef, ClassLayout, Constant, CustomAttribute, ExportedType, Field, FieldLayout,
    FieldRva, GenericParam, MemberRef, MethodDef, MethodSpec, Module, NestedClass, Param, TypeDef, TypeRef,
    TypeSpec,
};
pub use signature::{NamedType, TypeSignature};
pub use table::Table;
pub use type_names::{TypeDefName, TypeDefPart};

use crate::error::Error;
use crate::image::{PeImage, SparseBytes};
use members::Members;
use root::Root;
use tables::Tables;
use type_names::Nesting;

/// The metadata of one module.
#[derive(Debug)]
pub struct Metadata<'a> {
    bytes: SparseBytes<'a>,
    root: Root,
    tables: Tables,
    nesting: OnceLock<Nesting>,
    members: Members,
}

impl<'a> Metadata<'a> {
    /// Reads the root and the header of the tables.
    ///
    /// # Errors
    /// When the bytes are no metadata, or when streams and tables lead out of them.
    pub fn parse(bytes: Cow<'a, [u8]>) -> Result<Metadata<'a>, MetadataError> {
        Metadata::parse_partial(bytes.into())
    }

    /// The same for metadata of which some may be missing; its first page must be there.
    ///
    /// # Errors
    /// As for [`Self::parse`], and [`MetadataError::NotInDump`] when the headers are missing.
    pub fn parse_partial(bytes: SparseBytes<'a>) -> Result<Metadata<'a>, MetadataError> {
        let root = Root::read(&bytes)?;
        let tables = Tables::read(&bytes, &root)?;
        Ok(Metadata { bytes, root, tables, nesting: OnceLock::new(), members: Members::default() })
    }

    /// The metadata of an image, as far as it is there.
    ///
    /// # Errors
    /// When the image has none, and as for [`Self::parse_partial`].
    pub fn of_image(image: &PeImage<'a>) -> Result<Metadata<'a>, Error> {
        Ok(Metadata::parse_partial(image.metadata()?)?)
    }

    /// The same metadata, with its bytes copied: it no longer borrows from dump or file.
    pub fn into_owned(self) -> Metadata<'static> {
        let Metadata { bytes, root, tables, nesting, members } = self;
        Metadata { bytes: bytes.into_owned(), root, tables, nesting, members }
    }

    /// Whether nothing is missing.
    pub fn is_whole(&self) -> bool {
        self.bytes.is_whole()
    }

    /// The version of the format's runtime that the root names: `v4.0.30319` for every .NET.
    ///
    /// # Errors
    /// When it is not in the dump.
    pub fn version(&self) -> Result<Cow<'_, str>, MetadataError> {
        let range = &self.root.version;
        let bytes = self.bytes.get(range.start, range.len())?;
        Ok(String::from_utf8_lossy(bytes.split(|&b| b == 0).next().unwrap_or(bytes)))
    }

    /// The module version id: made anew for every build of the module, so that it proves that a
    /// file is the module of the dump.
    ///
    /// Returns `None` when there is none and when it is not in the dump: nothing is proved then.
    pub fn mvid(&self) -> Option<Guid> {
        let module: Module = self.row(1).ok()?;
        self.guid(module.mvid).ok().flatten()
    }

    /// The module's own name, as `zoo.dll`.
    ///
    /// # Errors
    /// When it is not in the dump or damaged.
    pub fn module_name(&self) -> Result<Cow<'_, str>, MetadataError> {
        self.string(self.row::<Module>(1)?.name)
    }

    /// The assembly's simple name, as `System.Private.CoreLib`; `None` for a module without a manifest.
    ///
    /// # Errors
    /// When it is not in the dump or damaged.
    pub fn assembly_name(&self) -> Result<Option<Cow<'_, str>>, MetadataError> {
        match self.assembly()? {
            Some(assembly) => self.string(assembly.name).map(Some),
            None => Ok(None),
        }
    }

    /// The assembly's version in four parts, as `10.0.0.0`; `None` for a module without a manifest.
    ///
    /// # Errors
    /// When it is not in the dump.
    pub fn assembly_version(&self) -> Result<Option<String>, MetadataError> {
        Ok(self.assembly()?.map(|assembly| assembly.version.map(|part| part.to_string()).join(".")))
    }

    fn assembly(&self) -> Result<Option<Assembly>, MetadataError> {
        match self.row_count(Table::Assembly) {
            0 => Ok(None),
            _ => self.row(1).map(Some),
        }
    }
}
