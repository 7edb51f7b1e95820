//! Reading MethodTables: the runtime's description of a type, which every object points at.
//!
//! Source: `src/coreclr/vm/methodtable.h` of dotnet/runtime v8.0 to v10.0 and `src/vm/methodtable.h`
//! of dotnet/coreclr v2.0 and v3.1; the offsets come from the layout. In NativeAOT programs a MethodTable stands alone
//! (`src/coreclr/nativeaot/Runtime/inc/MethodTable.h`): no class, module or row of metadata belongs to it.

use crate::bytes::Addr;
use crate::clr::layout::Descriptor;
use crate::dump::{AddressSpace, Fault};
use crate::error::Result;
use crate::limits;

use super::TypeHandle;
use super::encoding::Encoding;
use super::flag_encoding::FlagEncoding;

pub(super) const HAS_COMPONENT_SIZE: u32 = 0x8000_0000;
pub(super) const HAS_FINALIZER: u32 = 0x0010_0000;
pub(super) const CONTAINS_GC_POINTERS: u32 = 0x0100_0000;
const HAS_INDIRECT_PARENT: u32 = 0x0080_0000;
const CATEGORY: u32 = 0x000f_0000;
pub(super) const CATEGORY_ARRAY: u32 = 0x0008_0000;
pub(super) const CATEGORY_SZ_ARRAY: u32 = 0x000a_0000;
const ARRAY_MASK: u32 = 0x000c_0000;
const VALUE_TYPE_MASK: u32 = 0x000c_0000;
pub(super) const VALUE_TYPE: u32 = 0x0004_0000;
const CATEGORY_ENUM: u32 = 0x0006_0000;
pub(super) const CATEGORY_PRIMITIVE: u32 = 0x0007_0000;
pub(super) const CATEGORY_INTERFACE: u32 = 0x000c_0000;
const GENERICS: u32 = 0x30;
const GENERICS_SHARED: u32 = 0x20;
const GENERIC_DEFINITION: u32 = 0x30;
/// Base size of an array without bounds: header, MethodTable, count.
const SZ_ARRAY_BASE_SIZE: u32 = 24;

/// MTFlags2 (wFlags2): which of the slots that share a place are present.
const HAS_PER_INST_INFO: u32 = 0x1;
const HAS_INTERFACE_MAP: u32 = 0x2;
const HAS_MODULE_OVERRIDE: u32 = 0x10;
/// The slots that come before the module override: dispatch map and non-virtual slots.
const SLOTS_BEFORE_MODULE_OVERRIDE: u32 = 0x4 | 0x8;

const ALL_MULTIPURPOSE_SLOTS: u32 = 0x1f;
/// MTFlags up to 8.0: how the type keeps its statics.
const STATICS_MASK: u32 = 0x6;
const GENERIC_STATICS: u32 = 0x4;

/// What the heap walk needs to know of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Bytes of an instance without components.
    pub base_size: u32,
    /// Bytes of a component, 0 for types without.
    pub component_size: u32,
    /// The flags, as they stand in the MethodTable.
    pub flags: MethodTableFlags,
}

/// The flags of a MethodTable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodTableFlags(pub u32);

impl MethodTableFlags {
    /// Whether instances hold a component count: arrays, strings and free objects.
    pub fn has_component_size(self) -> bool {
        self.0 & HAS_COMPONENT_SIZE != 0
    }

    /// Bytes of a component; 0 without.
    pub fn component_size(self) -> u32 {
        if self.has_component_size() { self.0 & 0xffff } else { 0 }
    }

    /// Whether instances have a finalizer.
    pub fn has_finalizer(self) -> bool {
        self.0 & HAS_FINALIZER != 0
    }

    /// Whether instances hold references: then a GCDesc lies in front of the MethodTable.
    pub fn contains_gc_pointers(self) -> bool {
        self.0 & CONTAINS_GC_POINTERS != 0
    }

    /// Whether this is an array of any rank.
    pub fn is_array(self) -> bool {
        self.0 & ARRAY_MASK == CATEGORY_ARRAY
    }

    /// Whether this is an array of one dimension that begins at 0.
    pub fn is_sz_array(self) -> bool {
        self.0 & CATEGORY == CATEGORY_SZ_ARRAY
    }

    /// Whether this is a struct, an enum or a primitive.
    pub fn is_value_type(self) -> bool {
        self.0 & VALUE_TYPE_MASK == VALUE_TYPE
    }

    /// Whether this is an enum, or a struct that the runtime passes as the primitive it holds.
    pub fn is_enum_like(self) -> bool {
        self.0 & CATEGORY == CATEGORY_ENUM
    }

    /// Whether this is one of the runtime's primitives: `System.Int32` and its like.
    pub fn is_primitive(self) -> bool {
        self.0 & CATEGORY == CATEGORY_PRIMITIVE
    }

    /// Whether this is an interface.
    pub fn is_interface(self) -> bool {
        self.0 & CATEGORY == CATEGORY_INTERFACE
    }

    /// Whether this is a generic type over its own parameters.
    pub fn is_generic_definition(self) -> bool {
        !self.has_component_size() && self.0 & GENERICS == GENERIC_DEFINITION
    }

    /// Whether this is a generic type, instantiated or not. The low bits mean this only without a component size.
    pub fn is_generic(self) -> bool {
        !self.has_component_size() && self.0 & GENERICS != 0
    }

    /// Whether this is a form of a generic type that no object and no static has: the canonical one, over
    /// `System.__Canon`, or the one over the type's own parameters.
    pub fn is_shared_or_open_generic(self) -> bool {
        self.is_generic() && self.0 & GENERICS_SHARED != 0
    }
}

/// Why an address is no MethodTable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAMethodTable {
    /// It cannot be read.
    Fault(Fault),
    /// It can be read, and contradicts itself.
    Inconsistent,
}

impl From<Fault> for NotAMethodTable {
    fn from(fault: Fault) -> Self {
        NotAMethodTable::Fault(fault)
    }
}

/// What the MethodTable says of its module.
#[derive(Clone, Copy, Debug)]
enum ModuleField {
    /// The one that defines the type (since 9.0); the one that loaded it stands in the auxiliary data.
    Defining { defining: u64, auxiliary_data: u64, loader: u64 },
    /// The one that loaded the type.
    Loader(u64),
}

/// Where a generic instance has its `GenericsStaticsInfo`.
#[derive(Clone, Copy, Debug)]
enum GenericsStatics {
    /// In front of the auxiliary data (since 9.0).
    BeforeAuxiliaryData { auxiliary_data: u64, size: u64 },
    /// Behind the vtable and the slots that have no fixed place.
    BehindVtable,
}

/// Offsets of the fields that every MethodTable has, resolved once.
#[derive(Clone, Debug)]
struct Offsets {
    flags: u64,
    base_size: u64,
    parent: u64,
    element_type: u64,
}

/// Offsets of what leads from a MethodTable to its class, its metadata and its statics.
#[derive(Clone, Debug)]
struct ClassOffsets {
    size: u64,
    flags2: u64,
    token16: Option<u64>,
    num_virtuals: u64,
    num_interfaces: u64,
    interface_map: u64,
    module: ModuleField,
    canon: u64,
    canon_tag: u64,
    per_inst_info: u64,
    slot1: u64,
    slot2: u64,
    class_method_table: u64,
    dict_info_dicts: u64,
    dict_info_args: u64,
    generics_statics: GenericsStatics,
    static_field_descs: u64,
}

/// Encodings of the pointers that are not plain in every version.
#[derive(Clone, Debug)]
struct Encodings {
    parent_indirect: bool,
    per_inst_info: Encoding,
    dictionary_entry: Encoding,
    element_type: Encoding,
    module_override: Encoding,
    interface: Encoding,
    loader_module: Encoding,
    class_method_table: Encoding,
    static_field_descs: Encoding,
}

/// Reads MethodTables by a layout.
#[derive(Clone, Debug)]
pub struct MethodTables {
    flag_encoding: FlagEncoding,
    offsets: Offsets,
    /// `None` where MethodTables stand alone.
    class: Option<ClassOffsets>,
    encodings: Encodings,
    free: Addr,
    /// The flag of collectible types, which was another one up to 8.0.
    collectible: u32,
}

impl ClassOffsets {
    fn new(layout: &Descriptor) -> Result<ClassOffsets> {
        let of = |field: &str| layout.field("MethodTable", field);
        let optional = |field: &str| layout.optional_field("MethodTable", field);
        let per_inst_info = of("PerInstInfo")?;
        Ok(ClassOffsets {
            size: of(Descriptor::SIZE)?,
            flags2: of("MTFlags2")?,
            token16: optional("Token16"),
            num_virtuals: of("NumVirtuals")?,
            num_interfaces: of("NumInterfaces")?,
            interface_map: of("InterfaceMap")?,
            module: match optional("Module") {
                Some(defining) => ModuleField::Defining {
                    defining,
                    auxiliary_data: of("AuxiliaryData")?,
                    loader: layout.field("MethodTableAuxiliaryData", "LoaderModule")?,
                },
                None => ModuleField::Loader(of("LoaderModule")?),
            },
            canon: of("EEClassOrCanonMT")?,
            canon_tag: layout.required_number("MethodTable.CanonTag")?,
            per_inst_info,
            slot1: optional("MultipurposeSlot1").unwrap_or(per_inst_info),
            slot2: optional("MultipurposeSlot2").unwrap_or(per_inst_info + 8),
            class_method_table: layout.field("EEClass", "MethodTable")?,
            dict_info_dicts: layout.field("GenericsDictInfo", "NumDicts")?,
            dict_info_args: layout.field("GenericsDictInfo", "NumTypeArgs")?,
            generics_statics: match layout.optional_field("GenericsStaticsInfo", Descriptor::SIZE) {
                Some(size) => {
                    GenericsStatics::BeforeAuxiliaryData { auxiliary_data: of("AuxiliaryData")?, size }
                }
                None => GenericsStatics::BehindVtable,
            },
            static_field_descs: layout.field("GenericsStaticsInfo", "FieldDescs")?,
        })
    }

    /// Offset of the module override: slots take first what is free of the two fixed places, then
    /// words behind the vtable (`MultipurposeSlotOffset` in methodtable.cpp).
    fn module_override_slot(&self, memory: &AddressSpace, mt: Addr, flags2: u32) -> Result<u64, Fault> {
        let fixed = [(HAS_PER_INST_INFO, self.slot1), (HAS_INTERFACE_MAP, self.slot2)];
        let mut free = fixed.iter().filter(|(flag, _)| flags2 & flag == 0).map(|&(_, offset)| offset);
        let before = (flags2 & SLOTS_BEFORE_MODULE_OVERRIDE).count_ones() as usize;
        let free_count = free.clone().count();
        if let Some(offset) = free.nth(before) {
            return Ok(offset);
        }
        let num_virtuals = u64::from(memory.u16(mt.offset(self.num_virtuals))?);
        Ok(self.size + 8 * num_virtuals.div_ceil(8) + 8 * (before - free_count) as u64)
    }
}

impl MethodTables {
    /// A reader for the runtime that `layout` describes, whose free objects have the MethodTable `free`.
    ///
    /// # Errors
    /// The layout lacks a field.
    pub fn new(layout: &Descriptor, free: Addr) -> Result<Self> {
        let of = |field: &str| layout.field("MethodTable", field);
        let encodings = Encodings {
            parent_indirect: layout.encoding("MethodTable.ParentMethodTable").is_some(),
            per_inst_info: Encoding::of(layout, "MethodTable.PerInstInfo")?,
            dictionary_entry: Encoding::of(layout, "Dictionary.Entry")?,
            element_type: Encoding::of(layout, "MethodTable.ElementType")?,
            module_override: Encoding::of(layout, "MethodTable.ModuleOverride")?,
            interface: Encoding::of(layout, "InterfaceInfo.MethodTable")?,
            loader_module: Encoding::of(layout, "MethodTable.LoaderModule")?,
            class_method_table: Encoding::of(layout, "EEClass.MethodTable")?,
            static_field_descs: Encoding::of(layout, "GenericsStaticsInfo.FieldDescs")?,
        };
        let collectible = layout.required_number("MethodTableFlags.Collectible")?;
        Ok(MethodTables {
            flag_encoding: FlagEncoding::of(layout),
            offsets: Offsets {
                flags: of("MTFlags")?,
                base_size: of("BaseSize")?,
                parent: of("ParentMethodTable")?,
                element_type: of("ElementType")?,
            },
            class: match layout.describes("EEClass") {
                true => Some(ClassOffsets::new(layout)?),
                false => None,
            },
            encodings,
            free,
            collectible: collectible as u32,
        })
    }

    /// The MethodTable of free objects.
    pub fn free(&self) -> Addr {
        self.free
    }

    /// Whether the type is unloaded when nothing holds it or its instances any more.
    pub fn is_collectible(&self, flags: MethodTableFlags) -> bool {
        flags.0 & self.collectible != 0
    }

    /// The flags.
    ///
    /// # Errors
    /// The memory is not in the dump; as for all reads below.
    pub fn flags(&self, memory: &AddressSpace, mt: Addr) -> Result<MethodTableFlags, Fault> {
        memory.u32(mt.offset(self.offsets.flags)).map(|word| self.flag_encoding.decode(word))
    }

    /// Reads what the walk needs, and proves that `mt` is a MethodTable: the class it leads to leads
    /// back to it (or to its canonical MethodTable). Where the class is not in the dump the sizes
    /// alone must do; where it would lie outside of all memory, it is none.
    pub fn shape(&self, memory: &AddressSpace, mt: Addr) -> Result<Shape, NotAMethodTable> {
        if mt.0 & 7 != 0 || mt.is_null() {
            return Err(NotAMethodTable::Inconsistent);
        }
        let flags = self.flags(memory, mt)?;
        let base_size = memory.u32(mt.offset(self.offsets.base_size))?;
        let shape = Shape { base_size, component_size: flags.component_size(), flags };
        if mt == self.free {
            return Ok(shape);
        }
        if !(limits::MIN_BASE_SIZE..=limits::MAX_BASE_SIZE).contains(&base_size) {
            return Err(NotAMethodTable::Inconsistent);
        }
        if self.has_class(memory, mt) { Ok(shape) } else { Err(NotAMethodTable::Inconsistent) }
    }

    /// Whether `mt` is a MethodTable, by the same proof; of an interface too, which has no instances and so no size.
    pub fn is_method_table(&self, memory: &AddressSpace, mt: Addr) -> bool {
        let is_interface = self.flags(memory, mt).is_ok_and(MethodTableFlags::is_interface);
        match is_interface && mt.0 & 7 == 0 {
            true => self.has_class(memory, mt),
            false => self.shape(memory, mt).is_ok(),
        }
    }

    fn has_class(&self, memory: &AddressSpace, mt: Addr) -> bool {
        let proved = match &self.class {
            Some(offsets) => self.class_leads_back(memory, offsets, mt),
            None => self.related_type_is_sound(memory, mt),
        };
        matches!(proved, Ok(true) | Err(Fault::NotSaved(_) | Fault::CutOff(_)))
    }

    /// What a MethodTable that stands alone leads to: its parent, of an array its element. Only System.Object and
    /// interfaces have none.
    fn related_type_is_sound(&self, memory: &AddressSpace, mt: Addr) -> Result<bool, Fault> {
        let flags = self.flags(memory, mt)?;
        let related = memory.pointer(mt.offset(self.offsets.parent))?;
        if related.is_null() {
            let plain = !flags.has_component_size() && !flags.contains_gc_pointers();
            return Ok(plain && self.base_size(memory, mt)? <= limits::MAX_ROOT_BASE_SIZE);
        }
        // An array holds elements of any kind, all others derive from classes.
        let of_related = self.flags(memory, related)?;
        let fits = flags.is_array() || !(of_related.is_array() || of_related.is_interface());
        Ok(related.0 & 7 == 0 && fits && self.base_size(memory, related)? <= limits::MAX_BASE_SIZE)
    }

    fn class_leads_back(
        &self,
        memory: &AddressSpace,
        offsets: &ClassOffsets,
        mt: Addr,
    ) -> Result<bool, Fault> {
        let canonical = self.canonical(memory, mt)?;
        let class = memory.pointer(canonical.offset(offsets.canon))?;
        if class.0 & 7 != 0 {
            return Ok(false);
        }
        let back =
            self.encodings.class_method_table.read(memory, class.offset(offsets.class_method_table))?;
        // Arrays of references share the class of Object[], whose MethodTable is another one.
        if back == canonical {
            return Ok(true);
        }
        let shares_class = self.flags(memory, mt)?.is_array() && self.flags(memory, back)?.is_array();
        Ok(shares_class && memory.pointer(back.offset(offsets.canon))? == class)
    }

    /// The canonical MethodTable: of a generic instance the one shared over `__Canon`, else itself.
    pub fn canonical(&self, memory: &AddressSpace, mt: Addr) -> Result<Addr, Fault> {
        let Some(class) = &self.class else { return Ok(mt) };
        let word = memory.u64(mt.offset(class.canon))?;
        match word & 3 {
            0 => Ok(mt),
            tag if tag == class.canon_tag => Ok(Addr(word - tag)),
            tag => memory.pointer(Addr(word - tag)),
        }
    }

    /// Bytes of an instance without components: header and MethodTable included, rounded up.
    pub fn base_size(&self, memory: &AddressSpace, mt: Addr) -> Result<u32, Fault> {
        memory.u32(mt.offset(self.offsets.base_size))
    }

    /// What tells where the statics of a generic instance are: `GenericsStaticsInfo`, since 9.0 in front of the
    /// auxiliary data, before behind the MethodTable. `None` for a type without; since 9.0 nothing but its contents
    /// tells that it is there, so the caller must prove it.
    pub fn generics_statics_info(&self, memory: &AddressSpace, mt: Addr) -> Result<Option<Addr>, Fault> {
        let flags = self.flags(memory, mt)?;
        let Some(class) = self.class.as_ref().filter(|_| flags.is_generic()) else { return Ok(None) };
        match class.generics_statics {
            GenericsStatics::BeforeAuxiliaryData { auxiliary_data, size } => {
                let auxiliary = memory.pointer(mt.offset(auxiliary_data))?;
                Ok(Some(Addr(auxiliary.0.wrapping_sub(size))))
            }
            GenericsStatics::BehindVtable if flags.0 & STATICS_MASK == GENERIC_STATICS => {
                let flags2 = u32::from(memory.u16(mt.offset(class.flags2))?);
                // Five slots share two fixed places; the others stand behind the vtable.
                let slots = u64::from((flags2 & ALL_MULTIPURPOSE_SLOTS).count_ones().saturating_sub(2));
                let num_virtuals = u64::from(memory.u16(mt.offset(class.num_virtuals))?);
                Ok(Some(mt.offset(class.size + 8 * num_virtuals.div_ceil(8) + 8 * slots)))
            }
            GenericsStatics::BehindVtable => Ok(None),
        }
    }

    /// The FieldDescs of the static fields of a generic instance, which has its own; `None` for a type without. To be
    /// proved, as for [`Self::generics_statics_info`].
    pub fn generic_static_fields(&self, memory: &AddressSpace, mt: Addr) -> Result<Option<Addr>, Fault> {
        let info = self.generics_statics_info(memory, mt)?;
        let place = info.zip(self.class.as_ref()).map(|(info, class)| info.offset(class.static_field_descs));
        place.map(|place| self.encodings.static_field_descs.read(memory, place)).transpose()
    }

    /// Whether types have classes, which describe their fields.
    pub fn have_classes(&self) -> bool {
        self.class.is_some()
    }

    /// The EEClass, which instances of a generic type over references share; null where types have none.
    pub fn class(&self, memory: &AddressSpace, mt: Addr) -> Result<Addr, Fault> {
        let Some(class) = &self.class else { return Ok(Addr::NULL) };
        let canonical = self.canonical(memory, mt)?;
        memory.pointer(canonical.offset(class.canon))
    }

    /// The row of the TypeDef table, 0 for arrays; `None` where it stands in a form that is not read
    /// (a row of 65,535 or more in 8.0 and older) or nowhere.
    pub fn type_def_row(&self, memory: &AddressSpace, mt: Addr) -> Result<Option<u32>, Fault> {
        let Some(class) = &self.class else { return Ok(None) };
        match class.token16 {
            Some(offset) => {
                memory.u16(mt.offset(offset)).map(|row| (row != 0xffff).then_some(u32::from(row)))
            }
            None => memory.u32(mt.offset(class.flags2)).map(|flags| Some(flags >> 8)),
        }
    }

    /// The MethodTable of the parent, or null: also of arrays where MethodTables stand alone, since they all derive from
    /// System.Array and do not say it.
    pub fn parent(&self, memory: &AddressSpace, mt: Addr) -> Result<Addr, Fault> {
        if self.class.is_none() && self.flags(memory, mt)?.is_array() {
            return Ok(Addr::NULL);
        }
        let parent = memory.pointer(mt.offset(self.offsets.parent))?;
        if parent.is_null() || !self.encodings.parent_indirect {
            return Ok(parent);
        }
        // With the flag the word leads to a cell 16 bytes on (2.x images).
        if self.flags(memory, mt)?.0 & HAS_INDIRECT_PARENT != 0 {
            return memory.pointer(parent.offset(16));
        }
        Encoding::Tagged.resolve(memory, Addr::NULL, parent)
    }

    /// The Module that defines the type; of an array, the one that owns it.
    ///
    /// Since 9.0 the MethodTable says it. Before, it names the module that *loaded* the type, which
    /// is another one for generic instances over types of collectible assemblies; those carry an override. Null where
    /// types do not tell their modules.
    pub fn defining_module(&self, memory: &AddressSpace, mt: Addr) -> Result<Addr, Fault> {
        let Some(class) = &self.class else { return Ok(Addr::NULL) };
        let loader_module = match class.module {
            ModuleField::Defining { defining, .. } => return memory.pointer(mt.offset(defining)),
            ModuleField::Loader(offset) => offset,
        };
        let flags = self.flags(memory, mt)?;
        if !flags.is_array() && !flags.is_generic() {
            return self.encodings.loader_module.read(memory, mt.offset(loader_module));
        }
        let holder = if flags.is_array() { mt } else { self.canonical(memory, mt)? };
        let flags2 = u32::from(memory.u16(holder.offset(class.flags2))?);
        if flags2 & HAS_MODULE_OVERRIDE == 0 {
            return self.encodings.loader_module.read(memory, holder.offset(loader_module));
        }
        let slot = holder.offset(class.module_override_slot(memory, holder, flags2)?);
        self.encodings.module_override.read(memory, slot)
    }

    /// The Module that loaded the type, with which it is unloaded: of a generic instance or an array not always the
    /// one that defines it.
    pub fn loader_module(&self, memory: &AddressSpace, mt: Addr) -> Result<Addr, Fault> {
        let Some(class) = &self.class else { return Ok(Addr::NULL) };
        match class.module {
            ModuleField::Loader(offset) => self.encodings.loader_module.read(memory, mt.offset(offset)),
            ModuleField::Defining { auxiliary_data, loader, .. } => {
                memory.pointer(memory.pointer(mt.offset(auxiliary_data))?.offset(loader))
            }
        }
    }

    /// The type's own generic arguments; empty for types without.
    pub fn instantiation(&self, memory: &AddressSpace, mt: Addr) -> Result<Vec<TypeHandle>, Fault> {
        let generic = self.flags(memory, mt)?.is_generic();
        let Some(class) = self.class.as_ref().filter(|_| generic) else { return Ok(Vec::new()) };
        let info = self.encodings.per_inst_info.read(memory, mt.offset(class.per_inst_info))?;
        // GenericsDictInfo lies right before what PerInstInfo points at.
        let dict_info = Addr(info.0.wrapping_sub(8));
        let dictionaries = u64::from(memory.u16(dict_info.offset(class.dict_info_dicts))?);
        let arguments = u64::from(memory.u16(dict_info.offset(class.dict_info_args))?);
        if dictionaries == 0 {
            return Ok(Vec::new());
        }
        let own = info.offset(8 * (dictionaries - 1));
        let own = self.encodings.per_inst_info.read(memory, own)?;
        let arguments = arguments.min(limits::MAX_GENERIC_ARGUMENTS);
        (0..arguments)
            .map(|i| {
                self.encodings.dictionary_entry.read(memory, own.offset(8 * i)).map(TypeHandle::from_word)
            })
            .collect()
    }

    /// The MethodTables of the interfaces that the type implements, those of its bases and of other interfaces included.
    /// A generic one over the type itself may stand there by its open form.
    pub fn interfaces(&self, memory: &AddressSpace, mt: Addr) -> Result<Vec<Addr>, Fault> {
        let Some(class) = &self.class else { return Ok(Vec::new()) };
        let count = memory.u16(mt.offset(class.num_interfaces))?;
        if count == 0 {
            return Ok(Vec::new());
        }
        let map = memory.pointer(mt.offset(class.interface_map))?;
        let places = (0..u64::from(count)).map(|index| map.offset(8 * index));
        places.map(|place| self.encodings.interface.read(memory, place)).collect()
    }

    /// The element type of an array.
    pub fn element_type(&self, memory: &AddressSpace, mt: Addr) -> Result<TypeHandle, Fault> {
        let place = mt.offset(self.offsets.element_type);
        self.encodings.element_type.read(memory, place).map(TypeHandle::from_word)
    }

    /// The number of dimensions, 0 for what is no array. Bounds take 8 bytes a dimension of the base size.
    pub fn rank(shape: &Shape) -> u32 {
        match shape.flags {
            flags if !flags.is_array() => 0,
            flags if flags.is_sz_array() => 1,
            _ => shape.base_size.saturating_sub(SZ_ARRAY_BASE_SIZE) / 8,
        }
    }
}
