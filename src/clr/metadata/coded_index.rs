//! Tokens, and coded indexes: a row of one of several tables in one number (ECMA-335 II.24.2.6).

use std::fmt;

use super::{MetadataError, Table};

/// A row of a table.
///
/// Shown as the runtime shows it: eight hexadecimal digits, table and row (`02000015`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// The table.
    pub table: Table,
    /// The row, counted from 1; 0 is none.
    pub rid: u32,
}

impl Token {
    /// Whether the token points to no row.
    pub fn is_nil(self) -> bool {
        self.rid == 0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:06x}", self.table.number(), self.rid)
    }
}

/// The kinds of coded indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodedIndex {
    TypeDefOrRef,
    HasConstant,
    HasCustomAttribute,
    HasFieldMarshal,
    HasDeclSecurity,
    MemberRefParent,
    HasSemantics,
    MethodDefOrRef,
    MemberForwarded,
    Implementation,
    CustomAttributeType,
    ResolutionScope,
    TypeOrMethodDef,
}

impl CodedIndex {
    /// The tables in the order of their tags; `None` for tags that are not used.
    pub(super) fn tables(self) -> &'static [Option<Table>] {
        use Table::*;
        match self {
            Self::TypeDefOrRef => const { &[Some(TypeDef), Some(TypeRef), Some(TypeSpec)] },
            Self::HasConstant => const { &[Some(Field), Some(Param), Some(Property)] },
            Self::HasCustomAttribute => {
                const {
                    &[
                        Some(MethodDef),
                        Some(Field),
                        Some(TypeRef),
                        Some(TypeDef),
                        Some(Param),
                        Some(InterfaceImpl),
                        Some(MemberRef),
                        Some(Module),
                        Some(DeclSecurity),
                        Some(Property),
                        Some(Event),
                        Some(StandAloneSig),
                        Some(ModuleRef),
                        Some(TypeSpec),
                        Some(Assembly),
                        Some(AssemblyRef),
                        Some(File),
                        Some(ExportedType),
                        Some(ManifestResource),
                        Some(GenericParam),
                        Some(GenericParamConstraint),
                        Some(MethodSpec),
                    ]
                }
            }
            Self::HasFieldMarshal => const { &[Some(Field), Some(Param)] },
            Self::HasDeclSecurity => const { &[Some(TypeDef), Some(MethodDef), Some(Assembly)] },
            Self::MemberRefParent => {
                const { &[Some(TypeDef), Some(TypeRef), Some(ModuleRef), Some(MethodDef), Some(TypeSpec)] }
            }
            Self::HasSemantics => const { &[Some(Event), Some(Property)] },
            Self::MethodDefOrRef => const { &[Some(MethodDef), Some(MemberRef)] },
            Self::MemberForwarded => const { &[Some(Field), Some(MethodDef)] },
            Self::Implementation => const { &[Some(File), Some(AssemblyRef), Some(ExportedType)] },
            Self::CustomAttributeType => const { &[None, None, Some(MethodDef), Some(MemberRef), None] },
            Self::ResolutionScope => {
                const { &[Some(Module), Some(ModuleRef), Some(AssemblyRef), Some(TypeRef)] }
            }
            Self::TypeOrMethodDef => const { &[Some(TypeDef), Some(MethodDef)] },
        }
    }

    /// How many of the lowest bits hold the tag.
    pub(super) fn tag_bits(self) -> u32 {
        self.tables().len().next_power_of_two().trailing_zeros()
    }

    /// The row that `value` means; `offset` is where it stands, for the error.
    pub(super) fn decode(self, value: u32, offset: usize) -> Result<Token, MetadataError> {
        let bits = self.tag_bits();
        let tag = value & ((1 << bits) - 1);
        match self.tables().get(tag as usize) {
            Some(&Some(table)) => Ok(Token { table, rid: value >> bits }),
            _ => Err(MetadataError::Malformed { offset, what: "a coded index has an unknown tag" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_take_the_bits_of_the_standard() {
        let bits = |kind: CodedIndex| kind.tag_bits();
        assert_eq!(bits(CodedIndex::HasFieldMarshal), 1);
        assert_eq!(bits(CodedIndex::TypeDefOrRef), 2);
        assert_eq!(bits(CodedIndex::MemberRefParent), 3);
        assert_eq!(bits(CodedIndex::CustomAttributeType), 3);
        assert_eq!(bits(CodedIndex::HasCustomAttribute), 5);
    }

    #[test]
    fn a_value_is_split_into_table_and_row() {
        let token = CodedIndex::TypeDefOrRef.decode(0x49, 0).unwrap();
        assert_eq!(token, Token { table: Table::TypeRef, rid: 0x12 });
        assert_eq!(token.to_string(), "01000012");
        assert!(CodedIndex::TypeDefOrRef.decode(0, 0).unwrap().is_nil());
    }

    #[test]
    fn an_unknown_tag_is_refused() {
        let error = CodedIndex::TypeDefOrRef.decode(3, 0x44).unwrap_err();
        assert!(matches!(error, MetadataError::Malformed { offset: 0x44, .. }));
        assert!(CodedIndex::CustomAttributeType.decode(0, 0).is_err());
        assert!(CodedIndex::CustomAttributeType.decode(7, 0).is_err());
    }
}
