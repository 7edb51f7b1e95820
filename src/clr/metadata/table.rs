//! The tables of metadata and their columns, as data (ECMA-335 II.22; the pointer and
//! edit-and-continue tables, which the standard leaves out, as in the runtime's `metamodelpub.h`).
//!
//! Every table is described, used or not: where a table begins follows from the rows and columns
//! of all tables before it.

use super::coded_index::CodedIndex;

/// A table of metadata. The discriminant is its number, also the first byte of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the standard's own names")]
pub enum Table {
    Module = 0x00,
    TypeRef = 0x01,
    TypeDef = 0x02,
    FieldPtr = 0x03,
    Field = 0x04,
    MethodPtr = 0x05,
    MethodDef = 0x06,
    ParamPtr = 0x07,
    Param = 0x08,
    InterfaceImpl = 0x09,
    MemberRef = 0x0a,
    Constant = 0x0b,
    CustomAttribute = 0x0c,
    FieldMarshal = 0x0d,
    DeclSecurity = 0x0e,
    ClassLayout = 0x0f,
    FieldLayout = 0x10,
    StandAloneSig = 0x11,
    EventMap = 0x12,
    EventPtr = 0x13,
    Event = 0x14,
    PropertyMap = 0x15,
    PropertyPtr = 0x16,
    Property = 0x17,
    MethodSemantics = 0x18,
    MethodImpl = 0x19,
    ModuleRef = 0x1a,
    TypeSpec = 0x1b,
    ImplMap = 0x1c,
    FieldRva = 0x1d,
    EncLog = 0x1e,
    EncMap = 0x1f,
    Assembly = 0x20,
    AssemblyProcessor = 0x21,
    AssemblyOs = 0x22,
    AssemblyRef = 0x23,
    AssemblyRefProcessor = 0x24,
    AssemblyRefOs = 0x25,
    File = 0x26,
    ExportedType = 0x27,
    ManifestResource = 0x28,
    NestedClass = 0x29,
    GenericParam = 0x2a,
    MethodSpec = 0x2b,
    GenericParamConstraint = 0x2c,
}

/// What one column holds; decides how wide it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// A number of two bytes. Constant's one-byte type with its byte of padding is one too.
    U16,
    /// A number of four bytes.
    U32,
    /// An index into `#Strings`.
    String,
    /// An index into `#GUID`.
    Guid,
    /// An index into `#Blob`.
    Blob,
    /// A row of one table.
    Row(Table),
    /// A row of one of several tables.
    Coded(CodedIndex),
}

/// The most columns that a table has: Assembly and AssemblyRef.
pub(super) const MAX_COLUMNS: usize = 9;

impl Table {
    /// How many tables there are.
    pub const COUNT: usize = 45;

    /// All tables, in the order of their numbers.
    pub const ALL: [Table; Table::COUNT] = {
        use Table::*;
        [
            Module,
            TypeRef,
            TypeDef,
            FieldPtr,
            Field,
            MethodPtr,
            MethodDef,
            ParamPtr,
            Param,
            InterfaceImpl,
            MemberRef,
            Constant,
            CustomAttribute,
            FieldMarshal,
            DeclSecurity,
            ClassLayout,
            FieldLayout,
            StandAloneSig,
            EventMap,
            EventPtr,
            Event,
            PropertyMap,
            PropertyPtr,
            Property,
            MethodSemantics,
            MethodImpl,
            ModuleRef,
            TypeSpec,
            ImplMap,
            FieldRva,
            EncLog,
            EncMap,
            Assembly,
            AssemblyProcessor,
            AssemblyOs,
            AssemblyRef,
            AssemblyRefProcessor,
            AssemblyRefOs,
            File,
            ExportedType,
            ManifestResource,
            NestedClass,
            GenericParam,
            MethodSpec,
            GenericParamConstraint,
        ]
    };

    /// The table of this number; `None` for a number that no table of an assembly has.
    pub fn from_number(number: u8) -> Option<Table> {
        Table::ALL.get(usize::from(number)).copied()
    }

    /// The table's number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The table's columns in their order.
    pub(super) fn columns(self) -> &'static [Column] {
        use super::coded_index::CodedIndex::*;
        use Column::{Blob, Coded, Guid, Row, String, U16, U32};
        match self {
            Table::Module => &[U16, String, Guid, Guid, Guid],
            Table::TypeRef => &[Coded(ResolutionScope), String, String],
            Table::TypeDef => {
                &[U32, String, String, Coded(TypeDefOrRef), Row(Table::Field), Row(Table::MethodDef)]
            }
            Table::FieldPtr => &[Row(Table::Field)],
            Table::Field => &[U16, String, Blob],
            Table::MethodPtr => &[Row(Table::MethodDef)],
            Table::MethodDef => &[U32, U16, U16, String, Blob, Row(Table::Param)],
            Table::ParamPtr => &[Row(Table::Param)],
            Table::Param => &[U16, U16, String],
            Table::InterfaceImpl => &[Row(Table::TypeDef), Coded(TypeDefOrRef)],
            Table::MemberRef => &[Coded(MemberRefParent), String, Blob],
            Table::Constant => &[U16, Coded(HasConstant), Blob],
            Table::CustomAttribute => &[Coded(HasCustomAttribute), Coded(CustomAttributeType), Blob],
            Table::FieldMarshal => &[Coded(HasFieldMarshal), Blob],
            Table::DeclSecurity => &[U16, Coded(HasDeclSecurity), Blob],
            Table::ClassLayout => &[U16, U32, Row(Table::TypeDef)],
            Table::FieldLayout => &[U32, Row(Table::Field)],
            Table::StandAloneSig | Table::TypeSpec => &[Blob],
            Table::EventMap => &[Row(Table::TypeDef), Row(Table::Event)],
            Table::EventPtr => &[Row(Table::Event)],
            Table::Event => &[U16, String, Coded(TypeDefOrRef)],
            Table::PropertyMap => &[Row(Table::TypeDef), Row(Table::Property)],
            Table::PropertyPtr => &[Row(Table::Property)],
            Table::Property => &[U16, String, Blob],
            Table::MethodSemantics => &[U16, Row(Table::MethodDef), Coded(HasSemantics)],
            Table::MethodImpl => &[Row(Table::TypeDef), Coded(MethodDefOrRef), Coded(MethodDefOrRef)],
            Table::ModuleRef => &[String],
            Table::ImplMap => &[U16, Coded(MemberForwarded), String, Row(Table::ModuleRef)],
            Table::FieldRva => &[U32, Row(Table::Field)],
            Table::EncLog => &[U32, U32],
            Table::EncMap | Table::AssemblyProcessor => &[U32],
            Table::Assembly => &[U32, U16, U16, U16, U16, U32, Blob, String, String],
            Table::AssemblyOs => &[U32, U32, U32],
            Table::AssemblyRef => &[U16, U16, U16, U16, U32, Blob, String, String, Blob],
            Table::AssemblyRefProcessor => &[U32, Row(Table::AssemblyRef)],
            Table::AssemblyRefOs => &[U32, U32, U32, Row(Table::AssemblyRef)],
            Table::File => &[U32, String, Blob],
            Table::ExportedType => &[U32, U32, String, String, Coded(Implementation)],
            Table::ManifestResource => &[U32, U32, String, Coded(Implementation)],
            Table::NestedClass => &[Row(Table::TypeDef), Row(Table::TypeDef)],
            Table::GenericParam => &[U16, U16, Coded(TypeOrMethodDef), String],
            Table::MethodSpec => &[Coded(MethodDefOrRef), Blob],
            Table::GenericParamConstraint => &[Row(Table::GenericParam), Coded(TypeDefOrRef)],
        }
    }

    /// The table that stands between a list column and this one in `#-` metadata, if there is one.
    pub(super) fn pointer_table(self) -> Option<Table> {
        match self {
            Table::Field => Some(Table::FieldPtr),
            Table::MethodDef => Some(Table::MethodPtr),
            Table::Param => Some(Table::ParamPtr),
            Table::Event => Some(Table::EventPtr),
            Table::Property => Some(Table::PropertyPtr),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_tables_belong_together() {
        for (number, table) in (0..).zip(Table::ALL) {
            assert_eq!(table.number(), number);
            assert_eq!(Table::from_number(number), Some(table));
        }
        assert_eq!(Table::from_number(45), None);
    }

    #[test]
    fn no_table_has_more_columns_than_the_cap() {
        assert_eq!(Table::ALL.iter().map(|t| t.columns().len()).max(), Some(MAX_COLUMNS));
    }
}
