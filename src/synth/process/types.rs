//! MethodTables, EEClasses and TypeDescs.

use super::gc_desc::GC_DESC_ROOM;
use super::{ModuleKey, Process, TypeDef};

/// `MTFlags`, `src/coreclr/vm/methodtable.h`.
const HAS_COMPONENT_SIZE: u32 = 0x8000_0000;
const HAS_FINALIZER: u32 = 0x0010_0000;
pub(super) const VALUE_TYPE: u32 = 0x0004_0000;
const INTERFACE: u32 = 0x000c_0000;
const ARRAY: u32 = 0x0008_0000;
const SZ_ARRAY: u32 = 0x000a_0000;
const GENERIC_INSTANCE: u32 = 0x10;
const GENERIC_SHARED: u32 = 0x20;
/// `ELEMENT_TYPE_PTR`, `_SZARRAY`, ECMA-335 II.23.1.16.
const POINTER: u32 = 0x0f;
const SZ_ARRAY_DESC: u32 = 0x1d;
/// Bytes of header, MethodTable and count.
const ARRAY_BASE_SIZE: u32 = 24;

/// A type that objects can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Type {
    /// The address of its MethodTable.
    pub method_table: u64,
    /// Bytes of an instance without components.
    pub base_size: u32,
    /// Bytes of a component, 0 for types without.
    pub component_size: u32,
}

impl Type {
    /// The size in bytes of an instance of `count` components; no object is smaller than 24.
    pub fn size(self, count: u32) -> u64 {
        (u64::from(self.base_size) + u64::from(self.component_size) * u64::from(count)).max(24)
    }
}

/// What stands as an argument or an element type: the word in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle(pub u64);

impl From<Type> for Handle {
    fn from(of: Type) -> Handle {
        Handle(of.method_table)
    }
}

/// A MethodTable to be written.
#[derive(Clone, Copy, Debug, Default)]
struct MethodTable {
    flags: u32,
    base_size: u32,
    row: u32,
    parent: u64,
    module: u64,
    /// EEClass, or tagged the canonical MethodTable.
    class: u64,
    /// PerInstInfo, or the element type.
    slot: u64,
}

impl Process {
    /// A class without arguments whose instances have `base_size` bytes.
    pub fn class(&mut self, of: TypeDef, base_size: u32) -> Type {
        self.plain(of, base_size, 0)
    }

    /// A class with a finalizer.
    pub fn finalizable(&mut self, of: TypeDef, base_size: u32) -> Type {
        self.plain(of, base_size, HAS_FINALIZER)
    }

    /// A value type; its objects are boxes.
    pub fn value_type(&mut self, of: TypeDef, base_size: u32) -> Type {
        self.plain(of, base_size, VALUE_TYPE)
    }

    /// An interface, which has no instances.
    pub fn interface(&mut self, of: TypeDef) -> Type {
        let made = self.plain(of, 0, INTERFACE);
        self.native.put64(made.method_table + 16, 0);
        made
    }

    /// Makes a type implement these interfaces. Types that derive from it have lists of their own.
    pub fn implement(&mut self, of: Type, interfaces: &[Type]) {
        let words: Vec<u64> = interfaces.iter().map(|interface| interface.method_table).collect();
        let map = self.native.words(&words);
        self.native.put16(of.method_table + 14, words.len() as u16);
        self.native.put64(of.method_table + 56, map);
    }

    pub(super) fn plain(&mut self, of: TypeDef, base_size: u32, flags: u32) -> Type {
        let class = self.ee_class();
        let parent = self.object.method_table;
        let module = self.module_address(of.module);
        let table = MethodTable { flags, base_size, row: of.row, parent, module, class, slot: 0 };
        let made = self.with_own_class(table);
        self.note_definition(of, made);
        made
    }

    pub(super) fn string_type(&mut self, of: TypeDef) -> Type {
        let of = self.plain(of, 22, HAS_COMPONENT_SIZE | 2);
        Type { component_size: 2, ..of }
    }

    /// The type of free objects: made by the runtime itself, without a class.
    pub(super) fn free_type(&mut self) -> Type {
        let table = MethodTable { flags: HAS_COMPONENT_SIZE | 1, base_size: 24, ..MethodTable::default() };
        Type { method_table: self.method_table(table), base_size: 24, component_size: 1 }
    }

    /// An instance of a generic class over `arguments`, sharing its class with all others over references.
    pub fn generic(&mut self, of: TypeDef, arguments: &[Handle], base_size: u32) -> Type {
        let canonical = self.canonical_instance(of, arguments.len(), base_size);
        let tag = self.family.layout().types.canonical_tag;
        let slot = self.per_inst_info(arguments);
        self.instance(of, base_size, GENERIC_INSTANCE, canonical.method_table | tag, slot)
    }

    /// An instance of a generic class that has a class of its own, as those over value types have.
    pub fn generic_unshared(&mut self, of: TypeDef, arguments: &[Handle], base_size: u32) -> Type {
        let class = self.ee_class();
        let slot = self.per_inst_info(arguments);
        let of = self.instance(of, base_size, GENERIC_INSTANCE, class, slot);
        self.native.put64(class + 16, of.method_table);
        of
    }

    /// The instance over `__Canon` that shares its class with those over references.
    pub fn canonical_instance(&mut self, of: TypeDef, arity: usize, base_size: u32) -> Type {
        if let Some((_, canonical)) = self.canonical.iter().find(|(def, _)| *def == of) {
            return *canonical;
        }
        let arguments = vec![Handle::from(self.canon); arity];
        let class = self.ee_class();
        let slot = self.per_inst_info(&arguments);
        let canonical = self.instance(of, base_size, GENERIC_SHARED, class, slot);
        self.native.put64(class + 16, canonical.method_table);
        self.canonical.push((of, canonical));
        canonical
    }

    fn instance(&mut self, of: TypeDef, base_size: u32, flags: u32, class: u64, slot: u64) -> Type {
        let parent = self.object.method_table;
        let module = self.module_address(of.module);
        let table = MethodTable { flags, base_size, row: of.row, parent, module, class, slot };
        let made = Type { method_table: self.method_table(table), base_size, component_size: 0 };
        self.note_instance(of.module, made);
        made
    }

    /// Two dictionaries, the parent's and the type's own, with the counts in front.
    fn per_inst_info(&mut self, arguments: &[Handle]) -> u64 {
        let parents = self.native.words(&[self.object.method_table]);
        let own = self.native.words(&arguments.iter().map(|a| a.0).collect::<Vec<_>>());
        let info = self.native.allocate(24) + 8;
        self.native.put16(info - 4, 2);
        self.native.put16(info - 2, arguments.len() as u16);
        self.native.put64(info, parents);
        self.native.put64(info + 8, own);
        info
    }

    /// Puts another argument into a generic instance: also the instance itself.
    pub fn set_argument(&mut self, of: Type, index: usize, argument: Handle) {
        let info = self.native.get64(of.method_table + 48);
        let own = self.native.get64(info + 8);
        self.native.put64(own + 8 * index as u64, argument.0);
    }

    /// The array of one dimension from 0 over `element`, whose components have `component_size`
    /// bytes: 8 for references.
    pub fn array(&mut self, element: impl Into<Handle>, component_size: u32) -> Type {
        self.array_of(element.into(), SZ_ARRAY, ARRAY_BASE_SIZE, component_size)
    }

    /// The array of `rank` dimensions with bounds of their own; of one, too.
    pub fn array_of_rank(&mut self, element: impl Into<Handle>, rank: u32, component_size: u32) -> Type {
        self.array_of(element.into(), ARRAY, ARRAY_BASE_SIZE + 8 * rank, component_size)
    }

    fn array_of(&mut self, element: Handle, kind: u32, base_size: u32, component_size: u32) -> Type {
        let flags = HAS_COMPONENT_SIZE | kind | component_size;
        let table = MethodTable {
            flags,
            base_size,
            parent: self.object.method_table,
            module: self.modules[0].address,
            slot: element.0,
            ..MethodTable::default()
        };
        // Arrays of references of rank 1 share the class of Object[], which is made first.
        let shares = kind == SZ_ARRAY && component_size == 8 && self.objects.method_table != 0;
        let shares = shares && element.0 & 2 == 0 && self.longs.method_table != 0;
        let made = if shares {
            let class = self.native.get64(self.objects.method_table + 40);
            let method_table = self.method_table(MethodTable { class, ..table });
            Type { method_table, base_size, component_size }
        } else {
            let class = self.ee_class();
            self.with_own_class(MethodTable { class, ..table })
        };
        let made = Type { component_size, ..made };
        self.note_instance(ModuleKey(0), made);
        self.describe_elements(made, element);
        made
    }

    /// A pointer type, as an argument or an element.
    pub fn pointer_to(&mut self, of: impl Into<Handle>) -> Handle {
        self.type_desc(POINTER, of.into(), 0)
    }

    /// An array as an argument: since 5.0 its MethodTable, before a TypeDesc.
    pub fn array_argument(&mut self, element: Type, array: Type) -> Handle {
        match self.family.layout().types.type_desc_template {
            Some(_) => self.type_desc(SZ_ARRAY_DESC, element.into(), array.method_table),
            None => array.into(),
        }
    }

    fn type_desc(&mut self, kind: u32, argument: Handle, template: u64) -> Handle {
        let types = &self.family.layout().types;
        let desc = self.native.allocate(64);
        self.native.put32(desc, kind);
        self.native.put64(desc + types.type_desc_argument, argument.0);
        if let Some(offset) = types.type_desc_template {
            self.native.put64(desc + offset, template);
        }
        Handle(desc | 2)
    }

    /// A class whose instances have nothing but header and MethodTable that are no fields.
    fn ee_class(&mut self) -> u64 {
        let class = self.native.allocate(128);
        self.native.put(class + self.family.layout().fields.padding, &[16]);
        class
    }

    fn with_own_class(&mut self, table: MethodTable) -> Type {
        let method_table = self.method_table(table);
        self.native.put64(table.class + 16, method_table);
        Type { method_table, base_size: table.base_size, component_size: 0 }
    }

    fn method_table(&mut self, table: MethodTable) -> u64 {
        let types = &self.family.layout().types;
        let at = self.native.allocate(GC_DESC_ROOM + 64 + 16) + GC_DESC_ROOM;
        self.native.put32(at, table.flags);
        self.native.put32(at + 4, table.base_size);
        if types.token_at_10 {
            self.native.put16(at + 10, table.row as u16);
        } else {
            self.native.put32(at + 8, table.row << 8);
        }
        self.native.put16(at + 12, 4);
        for (offset, word) in [(16, table.parent), (24, table.module), (40, table.class), (48, table.slot)] {
            self.native.put64(at + offset, word);
        }
        at
    }
}
