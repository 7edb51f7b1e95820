//! Names of types as metadata has them: namespace, name, and the types around them.

use std::borrow::Cow;
use std::fmt;

use super::rows::{AssemblyRef, NestedClass, TypeDef, TypeRef};
use super::{Metadata, MetadataError, StringIndex, Table, Token};
use crate::limits::{MAX_METADATA_NAME_BYTES, MAX_TYPE_NESTING};

/// TypeAttributes: the visibility, of which the values from 2 on are those of nested types (II.23.1.15).
const VISIBILITY_MASK: u32 = 7;
const FIRST_NESTED_VISIBILITY: u32 = 2;

/// One type's part of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDefPart<'m> {
    /// The namespace; empty for none, and for nearly every nested type.
    pub namespace: Cow<'m, str>,
    /// The name, with the number of its own generic parameters behind a backtick.
    pub name: Cow<'m, str>,
}

/// The name of a type with the types around it.
///
/// Shown as the runtime's reflection shows it, backticks included: `Zoo.Cage`1+Door`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDefName<'m> {
    /// From the outermost type to the type itself; never empty.
    pub parts: Vec<TypeDefPart<'m>>,
}

impl fmt::Display for TypeDefName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                f.write_str("+")?;
            }
            if !part.namespace.is_empty() {
                write!(f, "{}.", part.namespace)?;
            }
            f.write_str(&part.name)?;
        }
        Ok(())
    }
}

/// A type's name in the making, from the type itself outwards.
#[derive(Default)]
struct NameParts<'m> {
    parts: Vec<TypeDefPart<'m>>,
    bytes: usize,
}

impl<'m> NameParts<'m> {
    fn push(
        &mut self,
        metadata: &'m Metadata<'_>,
        namespace: StringIndex,
        name: StringIndex,
    ) -> Result<(), MetadataError> {
        let part = TypeDefPart { namespace: metadata.string(namespace)?, name: metadata.string(name)? };
        self.bytes += part.namespace.len() + part.name.len();
        if self.bytes > MAX_METADATA_NAME_BYTES {
            let what = "a type's name is absurdly long";
            return Err(MetadataError::Malformed { offset: metadata.root.strings.start, what });
        }
        self.parts.push(part);
        Ok(())
    }

    fn finish(mut self) -> TypeDefName<'m> {
        self.parts.reverse();
        TypeDefName { parts: self.parts }
    }
}

/// Which type lies in which.
#[derive(Debug)]
pub(super) struct Nesting {
    /// Nested and enclosing type, by nested type.
    pairs: Vec<(u32, u32)>,
    /// The first thing that could not be read.
    lost: Option<MetadataError>,
}

impl Nesting {
    fn enclosing(&self, nested: u32) -> Option<u32> {
        let first = self.pairs.partition_point(|&(other, _)| other < nested);
        self.pairs.get(first).filter(|pair| pair.0 == nested).map(|pair| pair.1)
    }
}

impl Metadata<'_> {
    /// The name of a type with its namespace and the types around it.
    ///
    /// The first call reads the table of nested types once; further ones are cheap.
    ///
    /// # Errors
    /// [`MetadataError::NotInDump`] when any part of the name, or of what tells the enclosing type,
    /// is not in the dump: half a name would be a wrong one. `Malformed` when types are nested
    /// without end.
    pub fn type_def_name(&self, type_def: u32) -> Result<TypeDefName<'_>, MetadataError> {
        let mut name = NameParts::default();
        let mut next = Some(type_def);
        while let Some(rid) = next {
            if name.parts.len() == MAX_TYPE_NESTING {
                let offset = self.tables.place(Table::NestedClass)?.start;
                return Err(MetadataError::Malformed { offset, what: "types are nested without end" });
            }
            let row: TypeDef = self.row(rid)?;
            name.push(self, row.namespace, row.name)?;
            next = self.enclosing_of(rid, &row)?;
        }
        Ok(name.finish())
    }

    /// The name of a type of another module, with its namespace and the types around it.
    ///
    /// # Errors
    /// As for [`Self::type_def_name`].
    pub fn type_ref_name(&self, type_ref: u32) -> Result<TypeDefName<'_>, MetadataError> {
        let mut name = NameParts::default();
        for row in self.type_ref_chain(type_ref) {
            let row = row?;
            name.push(self, row.namespace, row.name)?;
        }
        Ok(name.finish())
    }

    /// The simple name of the assembly in which a type of another module is looked for; `None` for one that is looked
    /// for elsewhere.
    ///
    /// # Errors
    /// As for [`Self::type_def_name`].
    pub fn type_ref_assembly(&self, type_ref: u32) -> Result<Option<Cow<'_, str>>, MetadataError> {
        let outermost = self.type_ref_chain(type_ref).last().transpose()?;
        match outermost.map(|row| row.resolution_scope) {
            Some(Token { table: Table::AssemblyRef, rid }) => {
                self.string(self.row::<AssemblyRef>(rid)?.name).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The TypeRef with that row, then the one around it, to the outermost. An error is the last item.
    fn type_ref_chain(&self, type_ref: u32) -> impl Iterator<Item = Result<TypeRef, MetadataError>> {
        let mut next = Some(Token { table: Table::TypeRef, rid: type_ref });
        let mut depth = 0;
        std::iter::from_fn(move || {
            let Token { rid, .. } = next.take().filter(|token| token.table == Table::TypeRef)?;
            depth += 1;
            let row = match self.tables.place(Table::TypeRef) {
                Ok(place) if depth > MAX_TYPE_NESTING => {
                    let what = "types are nested without end";
                    Err(MetadataError::Malformed { offset: place.start, what })
                }
                Ok(_) => self.row::<TypeRef>(rid),
                Err(error) => Err(error),
            };
            next = row.as_ref().ok().map(|row| row.resolution_scope);
            Some(row)
        })
    }

    /// The type around a type; `None` for one that is not nested.
    ///
    /// # Errors
    /// When a row that is needed is not in the dump.
    pub fn enclosing_type(&self, type_def: u32) -> Result<Option<u32>, MetadataError> {
        self.enclosing_of(type_def, &self.row(type_def)?)
    }

    fn enclosing_of(&self, rid: u32, row: &TypeDef) -> Result<Option<u32>, MetadataError> {
        if row.flags & VISIBILITY_MASK < FIRST_NESTED_VISIBILITY {
            return Ok(None);
        }
        let nesting = self.nesting.get_or_init(|| self.nesting());
        match (nesting.enclosing(rid), nesting.lost) {
            (Some(enclosing), _) => Ok(Some(enclosing)),
            (None, Some(error)) => Err(error),
            // Says to be nested and is in no type: the runtime goes by the name it has.
            (None, None) => Ok(None),
        }
    }

    /// Reads the table of nested types. Its rows need not be sorted in `#-` metadata.
    fn nesting(&self) -> Nesting {
        let mut nesting = Nesting { pairs: Vec::new(), lost: None };
        for (_, row) in self.rows::<NestedClass>() {
            match row {
                Ok(row) => nesting.pairs.push((row.nested, row.enclosing)),
                Err(error) => {
                    nesting.lost.get_or_insert(error);
                }
            }
        }
        // Stable: of two rows for one type the first counts.
        nesting.pairs.sort_by_key(|pair| pair.0);
        nesting
    }
}
