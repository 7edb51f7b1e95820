//! Where the runtime's structures have their members, a version family each.
//!
//! Read off `src/coreclr/vm`, `src/coreclr/gc` and `src/coreclr/inc/dacvars.h` of dotnet/runtime v8.0
//! to v10.0 and `src/vm`, `src/gc` of dotnet/coreclr v3.1, and seen in real dumps on Linux x64. On
//! purpose no copy of the reader's layout files: numbers stand here a second time.

mod windows;

/// A version family of the runtime, on Linux unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// 3.0 and 3.1.
    V3_1,
    /// 8.0.
    V8_0,
    /// 9.0.
    V9_0,
    /// 10.0.
    V10_0,
    /// 6.0 on Windows.
    Windows6_0,
    /// 8.0 on Windows.
    Windows8_0,
    /// 9.0 on Windows.
    Windows9_0,
    /// 10.0 on Windows.
    Windows10_0,
}

impl Family {
    /// All families of Windows, whose processes are dumped as minidumps.
    pub const WINDOWS: [Family; 4] =
        [Family::Windows6_0, Family::Windows8_0, Family::Windows9_0, Family::Windows10_0];

    /// All families of Linux.
    pub const ALL: [Family; 4] = [Family::V3_1, Family::V8_0, Family::V9_0, Family::V10_0];

    /// A version of the family, as it stands in the path of the runtime's files.
    pub fn version(self) -> &'static str {
        match self {
            Family::V3_1 => "3.1.32",
            Family::V8_0 => "8.0.21",
            Family::V9_0 => "9.0.4",
            Family::V10_0 => "10.0.3",
            Family::Windows6_0 => "6.0.13",
            Family::Windows8_0 => "8.0.21",
            Family::Windows9_0 => "9.0.4",
            Family::Windows10_0 => "10.0.3",
        }
    }

    pub(super) fn layout(self) -> &'static Layout {
        match self {
            Family::V3_1 => &V3_1,
            Family::V8_0 => &V8_0,
            Family::V9_0 => &V9_0,
            Family::V10_0 => &V10_0,
            Family::Windows6_0 => &windows::V6_0,
            Family::Windows8_0 => &windows::V8_0,
            Family::Windows9_0 => &windows::V9_0,
            Family::Windows10_0 => &windows::V10_0,
        }
    }

    /// Whether it is of Windows.
    pub fn is_windows(self) -> bool {
        Family::WINDOWS.contains(&self)
    }

    /// Whether the heap has regions by default.
    pub(super) fn has_regions(self) -> bool {
        !matches!(self, Family::V3_1 | Family::Windows6_0)
    }
}

/// Entries of `g_dacTable`.
#[derive(Debug)]
pub(super) struct TableIndexes {
    pub thread_store: usize,
    pub finalizer: usize,
    pub gc_dac_vars: usize,
    pub app_domain: usize,
    pub global_alloc_context: Option<usize>,
    pub object: usize,
    pub canon: usize,
    pub string: usize,
    pub array: usize,
    pub free: usize,
}

#[derive(Debug)]
pub(super) struct ThreadLayout {
    pub state: u64,
    pub id: u64,
    pub os_id: u64,
    pub last_thrown: u64,
    pub link: u64,
    pub allocation: AllocationPlace,
    pub store_first: u64,
    pub store_count: u64,
}

/// Where a thread's allocation context lies.
#[derive(Debug)]
pub(super) enum AllocationPlace {
    /// In the Thread.
    Inside(u64),
    /// Behind a pointer in the Thread, so many bytes on.
    Behind(u64, u64),
}

/// `GcDacVars` by member; the first two words are versions and the size of a generation.
#[derive(Debug)]
pub(super) struct DacVarsLayout {
    pub version: [u8; 2],
    pub size: u64,
    pub generation_count: Option<u64>,
    pub generation_table: u64,
    pub max_gen: u64,
    pub ephemeral_segment: u64,
    pub alloc_allocated: u64,
    pub finalize_queue: u64,
    pub n_heaps: u64,
    pub g_heaps: u64,
    pub invalid_count: u64,
    /// The arrays of offsets within gc_heap and generation; since 5.0.
    pub field_offsets: Option<[u64; 2]>,
    pub generation_size: u64,
    pub generations: u64,
}

/// Members of gc_heap with the server GC.
#[derive(Debug)]
pub(super) struct GcHeapLayout {
    pub alloc_allocated: u64,
    pub ephemeral_segment: u64,
    pub finalize_queue: u64,
    pub generation_table: u64,
}

#[derive(Debug)]
pub(super) struct TypeLayout {
    /// Set in a word that leads to the canonical MethodTable, and not to an EEClass.
    pub canonical_tag: u64,
    /// The row of TypeDef: a u16 at 10, or the upper three bytes of the u32 at 8.
    pub token_at_10: bool,
    pub type_desc_argument: u64,
    /// Only where arrays as arguments are TypeDescs.
    pub type_desc_template: Option<u64>,
}

#[derive(Debug)]
pub(super) struct ModuleLayout {
    pub pe_assembly: u64,
    pub pe_image: u64,
    pub flat_layout: u64,
    pub loaded_layout: u64,
    pub dynamic_metadata: u64,
    /// Whether a dynamic module's metadata is an SBuffer: size, and a pointer 16 bytes on.
    pub dynamic_in_buffer: bool,
    pub assembly_list: u64,
    /// From the DomainAssembly: straight to the Module, or by the Assembly's member.
    pub module: ModulePlace,
}

#[derive(Debug)]
pub(super) enum ModulePlace {
    InDomainAssembly(u64),
    InAssembly(u64),
}

/// Where a class keeps how many fields it has.
#[derive(Debug)]
pub(super) enum FieldCounts {
    /// As numbers of 16 bits, the instance fields first.
    Short(u64),
    /// As numbers of 32 bits, so many bytes behind the class's start as a byte in it says.
    Behind { place: u64, start: u64 },
}

/// Members of EEClass and Module by which fields and loaded types are found.
#[derive(Debug)]
pub(super) struct FieldLayout {
    pub counts: FieldCounts,
    /// `m_NormType` of the class.
    pub element: u64,
    /// Bytes of an instance that are no fields, in the class too.
    pub padding: u64,
    /// The Module's maps from rows of TypeDef and TypeRef to MethodTables.
    pub type_defs: u64,
    pub type_refs: u64,
    /// The Module's table of instantiations and arrays.
    pub instances: u64,
    /// Whether that table's buckets stand behind three words of their own; else it knows their number itself.
    pub buckets_know_their_number: bool,
}

#[derive(Debug)]
pub(super) struct Layout {
    pub table: TableIndexes,
    pub table_entries: usize,
    /// Whether the table holds u32 distances from the module: then functions (empty) and vtables follow.
    pub table_of_rvas: bool,
    /// Where the GC's context lies in the runtime's global one.
    pub global_context: u64,
    pub thread: ThreadLayout,
    pub vars: DacVarsLayout,
    pub gc_heap: GcHeapLayout,
    pub types: TypeLayout,
    pub module: ModuleLayout,
    pub fields: FieldLayout,
}

const VARS_2: DacVarsLayout = DacVarsLayout {
    version: [2, 1],
    size: 328,
    generation_count: Some(16),
    generation_table: 48,
    max_gen: 56,
    ephemeral_segment: 80,
    alloc_allocated: 120,
    finalize_queue: 144,
    n_heaps: 176,
    g_heaps: 184,
    invalid_count: 192,
    field_offsets: Some([240, 248]),
    generation_size: 0x100,
    generations: 5,
};

/// These differ from build to build; the GC tells them.
const GC_HEAP_2: GcHeapLayout = GcHeapLayout {
    alloc_allocated: 5216,
    ephemeral_segment: 5232,
    finalize_queue: 888,
    generation_table: 2384,
};

/// MethodTables and TypeDescs since 9.0.
const TYPES_9: TypeLayout =
    TypeLayout { canonical_tag: 1, token_at_10: false, type_desc_argument: 16, type_desc_template: None };

/// Those of 8.0.
const TYPES_8: TypeLayout = TypeLayout { token_at_10: true, type_desc_argument: 8, ..TYPES_9 };

static V10_0: Layout = Layout {
    table: TableIndexes {
        thread_store: 15,
        finalizer: 16,
        gc_dac_vars: 19,
        app_domain: 20,
        global_alloc_context: Some(39),
        object: 42,
        canon: 44,
        string: 45,
        array: 46,
        free: 56,
    },
    table_entries: 82,
    table_of_rvas: false,
    global_context: 8,
    thread: ThreadLayout {
        state: 0,
        id: 16,
        os_id: 296,
        last_thrown: 336,
        link: 112,
        allocation: AllocationPlace::Behind(32, 8),
        store_first: 88,
        store_count: 112,
    },
    vars: DacVarsLayout { version: [2, 4], ..VARS_2 },
    gc_heap: GC_HEAP_2,
    types: TYPES_9,
    module: ModuleLayout {
        pe_assembly: 216,
        pe_image: 8,
        flat_layout: 120,
        loaded_layout: 128,
        dynamic_metadata: 840,
        dynamic_in_buffer: false,
        assembly_list: 576,
        module: ModulePlace::InAssembly(16),
    },
    fields: FieldLayout {
        counts: FieldCounts::Short(50),
        element: 48,
        padding: 49,
        type_defs: 416,
        type_refs: 8,
        instances: 600,
        buckets_know_their_number: true,
    },
};

static V9_0: Layout = Layout {
    table: TableIndexes {
        thread_store: 16,
        finalizer: 17,
        gc_dac_vars: 20,
        app_domain: 21,
        global_alloc_context: Some(40),
        object: 43,
        canon: 45,
        string: 46,
        array: 47,
        free: 57,
    },
    table_entries: 86,
    table_of_rvas: false,
    global_context: 0,
    thread: ThreadLayout {
        state: 0,
        id: 16,
        os_id: 296,
        last_thrown: 336,
        link: 112,
        allocation: AllocationPlace::Behind(32, 0),
        store_first: 160,
        store_count: 184,
    },
    vars: VARS_2,
    gc_heap: GC_HEAP_2,
    types: TYPES_9,
    module: ModuleLayout {
        pe_assembly: 280,
        pe_image: 8,
        flat_layout: 112,
        loaded_layout: 120,
        dynamic_metadata: 1120,
        dynamic_in_buffer: false,
        assembly_list: 1824,
        module: ModulePlace::InAssembly(16),
    },
    fields: FieldLayout {
        counts: FieldCounts::Short(50),
        element: 48,
        padding: 49,
        type_defs: 624,
        type_refs: 8,
        instances: 808,
        buckets_know_their_number: true,
    },
};

static V8_0: Layout = Layout {
    table: TableIndexes {
        thread_store: 16,
        finalizer: 17,
        gc_dac_vars: 20,
        app_domain: 21,
        global_alloc_context: Some(36),
        object: 40,
        canon: 42,
        string: 43,
        array: 44,
        free: 54,
    },
    table_entries: 84,
    table_of_rvas: false,
    global_context: 0,
    thread: ThreadLayout {
        state: 8,
        id: 32,
        os_id: 424,
        last_thrown: 464,
        link: 232,
        allocation: AllocationPlace::Inside(88),
        store_first: 160,
        store_count: 184,
    },
    vars: DacVarsLayout { generation_size: 0x108, ..VARS_2 },
    gc_heap: GC_HEAP_2,
    types: TYPES_8,
    module: ModuleLayout {
        pe_assembly: 272,
        pe_image: 8,
        flat_layout: 112,
        loaded_layout: 120,
        dynamic_metadata: 1688,
        dynamic_in_buffer: true,
        assembly_list: 2544,
        module: ModulePlace::InAssembly(24),
    },
    fields: FieldLayout {
        counts: FieldCounts::Behind { place: 50, start: 56 },
        element: 48,
        padding: 51,
        type_defs: 752,
        type_refs: 8,
        instances: 968,
        buckets_know_their_number: true,
    },
};

static V3_1: Layout = Layout {
    table: TableIndexes {
        thread_store: 16,
        finalizer: 31,
        gc_dac_vars: 34,
        app_domain: 35,
        global_alloc_context: None,
        object: 53,
        canon: 55,
        string: 56,
        array: 57,
        free: 68,
    },
    table_entries: 104,
    table_of_rvas: true,
    global_context: 0,
    thread: ThreadLayout {
        state: 8,
        id: 0x24,
        os_id: 0x1c8,
        last_thrown: 0x1f8,
        link: 0x100,
        allocation: AllocationPlace::Inside(0x58),
        store_first: 0xa8,
        store_count: 0xc0,
    },
    vars: DacVarsLayout {
        version: [1, 0],
        size: 232,
        generation_count: None,
        generation_table: 0x28,
        max_gen: 0x30,
        ephemeral_segment: 0x48,
        alloc_allocated: 0x70,
        finalize_queue: 0x88,
        n_heaps: 0xa8,
        g_heaps: 0xb0,
        invalid_count: 0xb8,
        field_offsets: None,
        generation_size: 0xf0,
        generations: 4,
    },
    gc_heap: GcHeapLayout {
        alloc_allocated: 0,
        ephemeral_segment: 8,
        finalize_queue: 0x10,
        generation_table: 0x158,
    },
    types: TypeLayout {
        canonical_tag: 2,
        token_at_10: true,
        type_desc_argument: 0x10,
        type_desc_template: Some(8),
    },
    module: ModuleLayout {
        pe_assembly: 0x10,
        pe_image: 0x10,
        flat_layout: 0x48,
        loaded_layout: 0x58,
        dynamic_metadata: 0x678,
        dynamic_in_buffer: true,
        assembly_list: 0xad8,
        module: ModulePlace::InDomainAssembly(0x20),
    },
    fields: FieldLayout {
        counts: FieldCounts::Behind { place: 54, start: 56 },
        element: 52,
        padding: 55,
        type_defs: 696,
        type_refs: 728,
        instances: 1024,
        buckets_know_their_number: false,
    },
};
