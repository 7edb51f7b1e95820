//! Managed modules: what they define, their metadata, and the runtime's structures that lead to it.

use super::fields::field_signature;
use super::pe_image::pe_image;
use super::{Holds, Process, Type, element};
use crate::synth::layout::ModulePlace;
use crate::synth::metadata::{Builder, Cell};

/// `FLAG_MAPPED` of a PEImageLayout.
const MAPPED: u32 = 1;
/// The first row of TypeDef is `<Module>`.
const FIRST_ROW: u32 = 2;

/// How a module's image lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// Section by section, at their RVAs.
    Mapped,
    /// As in its file.
    Flat,
    /// Known to the runtime, but not in the dump.
    NotSaved,
    /// None: made by Reflection.Emit, with metadata of its own.
    Dynamic,
}

/// A module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleKey(pub(super) usize);

/// A type as a module's metadata defines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeDef {
    /// The module.
    pub module: ModuleKey,
    /// The row of its TypeDef table.
    pub row: u32,
}

#[derive(Clone, Debug)]
pub(super) struct ModulePlan {
    pub address: u64,
    name: String,
    image: Image,
    types: Vec<Definition>,
    /// The types that are loaded, by their definition's row.
    pub loaded: Vec<(u32, u64)>,
    /// The generic instances and arrays that are loaded.
    pub instances: Vec<u64>,
}

#[derive(Clone, Debug)]
struct Definition {
    namespace: String,
    name: String,
    enclosing: Option<u32>,
    fields: Vec<FieldPlan>,
}

/// A field as metadata has it.
#[derive(Clone, Debug)]
pub(super) struct FieldPlan {
    pub name: String,
    pub flags: u16,
    pub holds: Holds,
    /// The FieldDesc that takes the field's row; literals have none.
    pub field_desc: Option<u64>,
    /// The element type and the number of a literal.
    pub constant: Option<(u8, u64)>,
}

impl Process {
    /// Adds a module with that file name.
    pub fn module(&mut self, name: &str, image: Image) -> ModuleKey {
        let address = self.native.allocate(2048);
        self.modules.push(ModulePlan {
            address,
            name: name.to_owned(),
            image,
            types: Vec::new(),
            loaded: Vec::new(),
            instances: Vec::new(),
        });
        ModuleKey(self.modules.len() - 1)
    }

    /// System.Private.CoreLib.
    pub fn core_library(&self) -> ModuleKey {
        ModuleKey(0)
    }

    /// The address of the runtime's Module.
    pub fn module_address(&self, module: ModuleKey) -> u64 {
        self.modules[module.0].address
    }

    /// Defines a type: a generic one by a name that ends in a backtick and the number of arguments.
    pub fn define(&mut self, module: ModuleKey, namespace: &str, name: &str) -> TypeDef {
        self.add_definition(module, namespace, name, None)
    }

    /// Defines a type nested in another one.
    pub fn define_in(&mut self, enclosing: TypeDef, name: &str) -> TypeDef {
        self.add_definition(enclosing.module, "", name, Some(enclosing.row))
    }

    fn add_definition(
        &mut self,
        module: ModuleKey,
        namespace: &str,
        name: &str,
        enclosing: Option<u32>,
    ) -> TypeDef {
        let types = &mut self.modules[module.0].types;
        let row = FIRST_ROW + types.len() as u32;
        types.push(Definition {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            enclosing,
            fields: Vec::new(),
        });
        TypeDef { module, row }
    }

    pub(super) fn add_field(&mut self, of: TypeDef, field: FieldPlan) {
        self.modules[of.module.0].types[(of.row - FIRST_ROW) as usize].fields.push(field);
    }

    pub(super) fn define_core_library(&mut self) {
        let library = self.module("System.Private.CoreLib.dll", Image::Mapped);
        let object = self.define(library, "System", "Object");
        self.object = self.class(object, 24);
        let string = self.define(library, "System", "String");
        self.string = self.string_type(string);
        let members = [
            ("_stringLength", 0, Holds::Number(element::I4)),
            ("_firstChar", 4, Holds::Number(element::CHAR)),
        ];
        self.fields(string, self.string, &members);
        let canon = self.define(library, "System", "__Canon");
        self.canon = self.class(canon, 24);
        self.free = self.free_type();
        self.objects = self.array(self.object, 8);
        let byte = self.define(library, "System", "Byte");
        let byte = self.primitive(byte, element::U1);
        self.bytes = self.array(byte, 1);
        let long = self.define(library, "System", "Int64");
        let long = self.primitive(long, element::I8);
        self.longs = self.array(long, 8);
        let enum_base = self.define(library, "System", "Enum");
        self.enum_base = self.class(enum_base, 24);
    }

    /// Writes all modules. Returns the address of the application domain that lists them.
    pub(super) fn write_modules(&mut self) -> u64 {
        let layout = &self.family.layout().module;
        let mut assemblies = Vec::new();
        for plan in self.modules.clone() {
            self.write_module(&plan);
            let (assembly, domain_assembly) = (self.native.allocate(128), self.native.allocate(128));
            match layout.module {
                ModulePlace::InDomainAssembly(offset) => {
                    self.native.put64(domain_assembly + offset, plan.address);
                }
                ModulePlace::InAssembly(offset) => {
                    self.native.put64(domain_assembly, assembly);
                    self.native.put64(assembly + offset, plan.address);
                }
            }
            assemblies.push(domain_assembly);
        }
        let domain = self.native.allocate(layout.assembly_list + 256);
        self.write_array_list(domain + layout.assembly_list, &assemblies);
        domain
    }

    /// An ArrayList: its first block inline, of five elements; further blocks linked, of seven.
    fn write_array_list(&mut self, list: u64, elements: &[u64]) {
        const FIRST: usize = 5;
        const FURTHER: usize = 7;
        self.native.put32(list, elements.len() as u32);
        let (first, rest) = elements.split_at(elements.len().min(FIRST));
        self.write_block(list + 8, FIRST, first);
        let mut link = list + 8;
        for chunk in rest.chunks(FURTHER) {
            let block = self.native.allocate(16 + 8 * FURTHER as u64);
            self.write_block(block, FURTHER, chunk);
            self.native.put64(link, block);
            link = block;
        }
    }

    fn write_block(&mut self, block: u64, capacity: usize, elements: &[u64]) {
        self.native.put32(block + 8, capacity as u32);
        elements.iter().zip(0..).for_each(|(&e, i)| self.native.put64(block + 16 + 8 * i, e));
    }

    fn write_module(&mut self, plan: &ModulePlan) {
        let layout = &self.family.layout().module;
        let foreign = self.foreign_types(plan);
        self.write_field_rows(plan);
        self.write_loaded_types(plan, &foreign);
        let metadata = self.metadata(plan, &foreign);
        let pe_assembly = self.native.allocate(128);
        self.native.put64(plan.address + layout.pe_assembly, pe_assembly);
        if plan.image == Image::Dynamic {
            let dynamic = self.dynamic_metadata(&metadata);
            self.native.put64(plan.address + layout.dynamic_metadata, dynamic);
            return;
        }
        let pe_image_at = self.native.allocate(256);
        self.native.put64(pe_assembly + layout.pe_image, pe_image_at);
        self.write_path(pe_image_at, &format!("/app/{}", plan.name));
        let mapped = plan.image != Image::Flat;
        let bytes = pe_image(&metadata, mapped, 0x5eed_0000 + metadata.len() as u32);
        let base = match plan.image {
            // An address at which the process has memory that no test gives it.
            Image::NotSaved => 0x7d7d_0000_0000,
            _ => {
                let base = self.images.allocate_pages(bytes.len() as u64);
                self.images.put(base, &bytes);
                base
            }
        };
        let image_layout = self.native.allocate(96);
        self.native.put64(image_layout + 8, base);
        self.native.put32(image_layout + 16, bytes.len() as u32);
        self.native.put32(image_layout + 20, if mapped { MAPPED } else { 0 });
        self.native.put64(pe_image_at + layout.flat_layout, if mapped { 0 } else { image_layout });
        self.native.put64(pe_image_at + layout.loaded_layout, image_layout);
    }

    fn dynamic_metadata(&mut self, metadata: &[u8]) -> u64 {
        let size = metadata.len() as u64;
        if self.family.layout().module.dynamic_in_buffer {
            let data = self.native.allocate(size);
            self.native.put(data, metadata);
            let buffer = self.native.allocate(32);
            self.native.put32(buffer, size as u32);
            self.native.put64(buffer + 16, data);
            return buffer;
        }
        let at = self.native.allocate(size + 4);
        self.native.put32(at, size as u32);
        self.native.put(at + 4, metadata);
        at
    }

    /// An SString at `at`: bytes with the terminator, and the buffer in UTF-16.
    fn write_path(&mut self, at: u64, path: &str) {
        let text: Vec<u8> = path.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let buffer = self.native.allocate(text.len() as u64);
        self.native.put(buffer, &text);
        self.native.put32(at, text.len() as u32);
        self.native.put32(at + 8, 4);
        self.native.put64(at + 16, buffer);
    }
}

impl Process {
    /// Adds a module with a class of each of these names, of 24 to 112 bytes.
    pub fn classes(&mut self, module: &str, namespace: &str, names: &[&str]) -> Vec<Type> {
        let module = self.module(module, Image::Mapped);
        let class = |(i, name): (usize, &&str)| {
            let of = self.define(module, namespace, name);
            self.class(of, 24 + 8 * (i as u32 % 12))
        };
        names.iter().enumerate().map(class).collect()
    }
}

impl Process {
    /// The types of other modules that fields name, each once: the rows of TypeRef from 2 on.
    fn foreign_types(&self, plan: &ModulePlan) -> Vec<TypeDef> {
        let mut foreign = Vec::new();
        for field in plan.types.iter().flat_map(|of| &of.fields) {
            field_signature(&field.holds, &mut |of: TypeDef| {
                if self.module_address(of.module) != plan.address && !foreign.contains(&of) {
                    foreign.push(of);
                }
                0
            });
        }
        foreign
    }

    /// Puts the rows that fields get in metadata into their FieldDescs.
    fn write_field_rows(&mut self, plan: &ModulePlan) {
        for (field, row) in plan.types.iter().flat_map(|of| &of.fields).zip(1..) {
            if let Some(at) = field.field_desc {
                self.native.put32(at + 8, row);
            }
        }
    }

    fn metadata(&self, plan: &ModulePlan, foreign: &[TypeDef]) -> Vec<u8> {
        use Cell::{Blob, Guid, Name, NoGuid, U16, U32};
        let assembly = plan.name.trim_end_matches(".dll");
        let names = plan.types.iter().flat_map(|t| [t.name.len(), t.namespace.len() + 2]);
        let names = names.chain(plan.types.iter().flat_map(|t| &t.fields).map(|f| f.name.len() + 1));
        let mut builder = Builder::of_form("#~", names.sum::<usize>() > 0x8000);
        let mut mvid = [7; 16];
        mvid[..8].copy_from_slice(&plan.address.to_le_bytes());
        builder.row(0x00, &[U16(0), Name(&plan.name), Guid(mvid), NoGuid, NoGuid]);
        builder.row(0x01, &[U16(1 << 2 | 2), Name("Object"), Name("System")]);
        for of in foreign {
            let of = &self.modules[of.module.0].types[(of.row - FIRST_ROW) as usize];
            builder.row(0x01, &[U16(1 << 2 | 2), Name(&of.name), Name(&of.namespace)]);
        }
        builder.row(0x02, &[U32(0), Name("<Module>"), Name(""), U16(0), U16(1), U16(1)]);
        let mut first_field = 1;
        for of in &plan.types {
            let flags = if of.enclosing.is_some() { 0x0010_0002 } else { 0x0010_0001 };
            let names = [U32(flags), Name(&of.name), Name(&of.namespace)];
            builder.row(0x02, &[&names[..], &[U16(1 << 2 | 1), U16(first_field), U16(1)]].concat());
            first_field += of.fields.len() as u16;
        }
        let mut token = |of: TypeDef| match foreign.iter().position(|other| *other == of) {
            // Signatures hold compressed numbers: one byte up to 127.
            Some(index) => u8::try_from((index + 2) << 2 | 1).expect("few types of other modules"),
            None => u8::try_from(of.row << 2).expect("few types in fields"),
        };
        let fields = plan.types.iter().flat_map(|of| &of.fields);
        for (field, row) in fields.clone().zip(1_u16..) {
            let signature = field_signature(&field.holds, &mut token);
            builder.row(0x04, &[U16(field.flags), Name(&field.name), Blob(&signature)]);
            if let Some((element, number)) = field.constant {
                let number = number.to_le_bytes();
                let width = constant_width(element);
                builder.row(0x0b, &[U16(element.into()), U16(row << 2), Blob(&number[..width])]);
            }
        }
        let versions = [U16(1), U16(2), U16(3), U16(4)];
        builder.row(
            0x20,
            &[&[U32(0x8004)], &versions[..], &[U32(0), Blob(&[]), Name(assembly), Name("")]].concat(),
        );
        builder.row(
            0x23,
            &[U16(4), U16(0), U16(0), U16(0), U32(0), Blob(&[]), Name("System.Runtime"), Name(""), Blob(&[])],
        );
        for (row, of) in (FIRST_ROW..).zip(&plan.types) {
            if let Some(enclosing) = of.enclosing {
                builder.row(0x29, &[U16(row as u16), U16(enclosing as u16)]);
            }
        }
        builder.build()
    }
}

/// Bytes of a constant of that element type.
pub(super) fn constant_width(element: u8) -> usize {
    match element {
        element::BOOLEAN | element::I1 | element::U1 => 1,
        element::CHAR => 2,
        element::I8 | element::U8 | element::R8 => 8,
        _ => 4,
    }
}
