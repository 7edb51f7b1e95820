//! Attributes: texts of the assembly, as its file version, and marks on types.

use super::rows::{CustomAttribute, MemberRef, TypeDef, TypeRef};
use super::{BlobIndex, Metadata, MetadataError, Table, Token, compressed};

/// What every attribute's arguments begin with (II.23.3).
const PROLOG: [u8; 2] = [1, 0];
/// The length of a text that is null.
const NULL_TEXT: u8 = 0xff;

impl Metadata<'_> {
    /// The first argument of an attribute of the assembly, as `10.0.1426.12345` for
    /// `AssemblyFileVersionAttribute`. The attribute's namespace does not matter.
    ///
    /// Returns `None` when the assembly has no such attribute, when its first argument is no text,
    /// and when what would tell is not in the dump. Looks at every attribute of the module: call it
    /// once a module.
    pub fn assembly_attribute_text(&self, attribute: &str) -> Option<String> {
        let assembly = Token { table: Table::Assembly, rid: 1 };
        let on_assembly = self
            .rows::<CustomAttribute>()
            .filter_map(|(_, row)| row.ok())
            .filter(|row| row.parent == assembly);
        let mut named =
            on_assembly.filter(|row| self.is_constructor_of(row.constructor, attribute) == Ok(true));
        named.next().and_then(|row| self.first_text(row.value))
    }

    /// Whether an attribute of that name stands on `parent`. Its namespace does not matter. `false` where what would
    /// tell is not in the dump.
    pub fn has_attribute(&self, parent: Token, attribute: &str) -> bool {
        self.attribute_of(parent, attribute).is_some()
    }

    /// The length that `InlineArrayAttribute` gives the struct with that row; `None` for one without, and where what
    /// would tell is not in the dump.
    pub fn inline_array_length(&self, type_def: u32) -> Option<u32> {
        let on = Token { table: Table::TypeDef, rid: type_def };
        let row = self.attribute_of(on, "InlineArrayAttribute")?;
        let argument = self.blob(row.value).ok()?.strip_prefix(&PROLOG)?;
        argument.first_chunk().map(|&bytes| u32::from_le_bytes(bytes))
    }

    fn attribute_of(&self, parent: Token, attribute: &str) -> Option<CustomAttribute> {
        let rows = self.attributes_of(parent).ok()?.filter_map(|row| self.row(row).ok());
        let mut named = rows
            .filter(|row: &CustomAttribute| self.is_constructor_of(row.constructor, attribute) == Ok(true));
        named.next()
    }

    /// Whether the type whose constructor this is has this name.
    fn is_constructor_of(&self, constructor: Token, name: &str) -> Result<bool, MetadataError> {
        let class = match constructor.table {
            Table::MemberRef => self.row::<MemberRef>(constructor.rid)?.class,
            _ => Token { table: Table::TypeDef, rid: self.type_of_method(constructor.rid)? },
        };
        match class.table {
            Table::TypeRef => self.is_named(self.row::<TypeRef>(class.rid)?.name, name),
            Table::TypeDef => self.is_named(self.row::<TypeDef>(class.rid)?.name, name),
            _ => Ok(false),
        }
    }

    fn first_text(&self, value: BlobIndex) -> Option<String> {
        let argument = self.blob(value).ok()?.strip_prefix(&PROLOG)?;
        if argument.first() == Some(&NULL_TEXT) {
            return None;
        }
        let (length, rest) = compressed::split(argument)?;
        rest.get(..length as usize).map(|text| String::from_utf8_lossy(text).into_owned())
    }
}
