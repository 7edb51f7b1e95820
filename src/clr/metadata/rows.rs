//! The rows of the tables that heapql reads, column by column as ECMA-335 II.22 has them.
//!
//! Another table takes one more structure here; [`super::table`] describes its columns already.

use super::heaps::{BlobIndex, GuidIndex, StringIndex};
use super::row::{Row, TableRow};
use super::{MetadataError, Table, Token};

/// Declares a row's structure and how its columns are read.
macro_rules! table_rows {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty = $row:ident => $read:expr,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl TableRow for $name {
            const TABLE: Table = Table::$name;

            fn read(row: Row<'_>) -> Result<Self, MetadataError> {
                Ok($name { $($field: { let $row = &row; $read? },)* })
            }
        }
    )*};
}

table_rows! {
    /// The module itself (II.22.30).
    Module {
        /// The file's name.
        name: StringIndex = row => row.string(1),
        /// What tells this build of the module from all others.
        mvid: GuidIndex = row => row.guid(2),
    }

    /// A type of another module (II.22.38).
    TypeRef {
        /// Where it is defined: an AssemblyRef, a Module, or the enclosing TypeRef.
        resolution_scope: Token = row => row.token(0),
        /// The name.
        name: StringIndex = row => row.string(1),
        /// The namespace; empty for a nested type.
        namespace: StringIndex = row => row.string(2),
    }

    /// A type of this module (II.22.37).
    TypeDef {
        /// TypeAttributes (II.23.1.15).
        flags: u32 = row => row.number(0),
        /// The name, with the number of generic parameters behind a backtick.
        name: StringIndex = row => row.string(1),
        /// The namespace; empty for a nested type.
        namespace: StringIndex = row => row.string(2),
        /// The base type: a TypeDef, TypeRef or TypeSpec; nil for an interface and for `System.Object`.
        extends: Token = row => row.token(3),
        /// Where the type's fields begin (see [`super::Metadata::fields_of`]).
        field_list: u32 = row => row.number(4),
        /// Where the type's methods begin (see [`super::Metadata::methods_of`]).
        method_list: u32 = row => row.number(5),
    }

    /// A field (II.22.15).
    Field {
        /// FieldAttributes (II.23.1.5).
        flags: u16 = row => row.short(0),
        /// The name.
        name: StringIndex = row => row.string(1),
        /// The signature (II.23.2.4).
        signature: BlobIndex = row => row.blob(2),
    }

    /// A method (II.22.26).
    MethodDef {
        /// Where its IL lies; 0 for none.
        rva: u32 = row => row.number(0),
        /// MethodImplAttributes (II.23.1.10).
        impl_flags: u16 = row => row.short(1),
        /// MethodAttributes (II.23.1.10).
        flags: u16 = row => row.short(2),
        /// The name.
        name: StringIndex = row => row.string(3),
        /// The signature (II.23.2.1).
        signature: BlobIndex = row => row.blob(4),
        /// Where the method's parameters begin.
        param_list: u32 = row => row.number(5),
    }

    /// A parameter of a method (II.22.33).
    Param {
        /// ParamAttributes (II.23.1.13).
        flags: u16 = row => row.short(0),
        /// Its place, counted from 1; 0 is the returned value.
        sequence: u16 = row => row.short(1),
        /// The name.
        name: StringIndex = row => row.string(2),
    }

    /// A member of a type that is named by reference (II.22.25).
    MemberRef {
        /// Whose member it is: a TypeDef, TypeRef, TypeSpec, ModuleRef or MethodDef.
        class: Token = row => row.token(0),
        /// The name.
        name: StringIndex = row => row.string(1),
        /// The signature of a method or of a field.
        signature: BlobIndex = row => row.blob(2),
    }

    /// The value of a constant (II.22.9).
    Constant {
        /// The element type of the value (II.23.1.16).
        kind: u8 = row => row.short(0).map(|word| word.to_le_bytes()[0]),
        /// Whose value it is: a Field, Param or Property.
        parent: Token = row => row.token(1),
        /// The value's bytes.
        value: BlobIndex = row => row.blob(2),
    }

    /// An attribute with its arguments (II.22.10).
    CustomAttribute {
        /// What the attribute stands on.
        parent: Token = row => row.token(0),
        /// The attribute's constructor: a MethodDef or MemberRef.
        constructor: Token = row => row.token(1),
        /// The arguments (II.23.3).
        value: BlobIndex = row => row.blob(2),
    }

    /// The layout that a type demands (II.22.8).
    ClassLayout {
        /// The alignment of fields.
        packing_size: u16 = row => row.short(0),
        /// The size in bytes; 0 for none demanded.
        class_size: u32 = row => row.number(1),
        /// The TypeDef.
        parent: u32 = row => row.number(2),
    }

    /// The offset that a field demands (II.22.16).
    FieldLayout {
        /// The offset in bytes.
        offset: u32 = row => row.number(0),
        /// The Field.
        field: u32 = row => row.number(1),
    }

    /// Where a static field's initial bytes lie (II.22.18).
    FieldRva {
        /// Where they lie in the image.
        rva: u32 = row => row.number(0),
        /// The Field.
        field: u32 = row => row.number(1),
    }

    /// A type that only a signature can tell: an array, a generic instantiation (II.22.39).
    TypeSpec {
        /// The signature (II.23.2.14).
        signature: BlobIndex = row => row.blob(0),
    }

    /// The assembly whose manifest this module has (II.22.2).
    Assembly {
        /// Major, minor, build, revision.
        version: [u16; 4] = row => version(row, 1),
        /// AssemblyFlags (II.23.1.2).
        flags: u32 = row => row.number(5),
        /// The simple name.
        name: StringIndex = row => row.string(7),
        /// The culture; empty for none.
        culture: StringIndex = row => row.string(8),
    }

    /// An assembly that this module refers to (II.22.5).
    AssemblyRef {
        /// Major, minor, build, revision.
        version: [u16; 4] = row => version(row, 0),
        /// AssemblyFlags (II.23.1.2).
        flags: u32 = row => row.number(4),
        /// The simple name.
        name: StringIndex = row => row.string(6),
        /// The culture; empty for none.
        culture: StringIndex = row => row.string(7),
    }

    /// A type of another module that this assembly offers as its own (II.22.14).
    ExportedType {
        /// TypeAttributes (II.23.1.15).
        flags: u32 = row => row.number(0),
        /// The TypeDef there, if it has not moved: a hint.
        type_def_hint: u32 = row => row.number(1),
        /// The name.
        name: StringIndex = row => row.string(2),
        /// The namespace.
        namespace: StringIndex = row => row.string(3),
        /// Where it is: a File, an AssemblyRef (a forwarded type) or the enclosing ExportedType.
        implementation: Token = row => row.token(4),
    }

    /// A type nested in another (II.22.32).
    NestedClass {
        /// The nested TypeDef.
        nested: u32 = row => row.number(0),
        /// The TypeDef around it.
        enclosing: u32 = row => row.number(1),
    }

    /// A generic parameter (II.22.20).
    GenericParam {
        /// Its place, counted from 0.
        number: u16 = row => row.short(0),
        /// GenericParamAttributes (II.23.1.7).
        flags: u16 = row => row.short(1),
        /// Whose it is: a TypeDef or MethodDef.
        owner: Token = row => row.token(2),
        /// The name.
        name: StringIndex = row => row.string(3),
    }

    /// An instantiation of a generic method (II.22.29).
    MethodSpec {
        /// The method: a MethodDef or MemberRef.
        method: Token = row => row.token(0),
        /// The arguments (II.23.2.15).
        instantiation: BlobIndex = row => row.blob(1),
    }
}

/// The four parts of a version from a column on.
fn version(row: &Row<'_>, first: usize) -> Result<[u16; 4], MetadataError> {
    Ok([row.short(first)?, row.short(first + 1)?, row.short(first + 2)?, row.short(first + 3)?])
}
