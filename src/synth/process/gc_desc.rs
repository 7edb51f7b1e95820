//! GCDescs: what the GC knows of types, in front of their MethodTables (`src/coreclr/gc/gcdesc.h`).

use super::{Handle, Holds, Process, Type, element};

/// Bytes kept free in front of every MethodTable: for seven series.
pub(super) const GC_DESC_ROOM: u64 = 128;
/// `enum_flag_ContainsGCPointers`; `enum_flag_Category_ValueType_Mask` and `_ValueType`.
const CONTAINS_GC_POINTERS: u32 = 0x0100_0000;
const CATEGORY: u32 = 0x000c_0000;
const VALUE_TYPE: u32 = 0x0004_0000;
/// Bytes of a MethodTable pointer, with which every instance begins, boxes too.
const FIRST_FIELD: u32 = 8;

impl Process {
    /// The offsets of the references in an instance.
    pub fn references_of(&self, of: Type) -> &[u32] {
        let known = self.references.iter().find(|(known, _)| known.method_table == of.method_table);
        known.map_or(&[], |(_, offsets)| offsets)
    }

    pub(super) fn inherit_references(&mut self, of: Type, parent: Type) {
        let inherited = self.references_of(parent).to_vec();
        self.describe_references(of, inherited);
    }

    /// Tells the GC which of a type's fields are references, beside those that it has already.
    pub(super) fn describe_fields(&mut self, of: Type, fields: &[(&str, u32, Holds)]) {
        let mut offsets = self.references_of(of).to_vec();
        for (_, offset, holds) in fields {
            let start = FIRST_FIELD + offset;
            match holds {
                Holds::String | Holds::Object | Holds::Class(_) | Holds::Array(_) => offsets.push(start),
                Holds::Parameter(_, element::CLASS) => offsets.push(start),
                Holds::Struct(def) => {
                    let loaded = Type { method_table: self.loaded(*def), ..Type::default() };
                    let within = self.references_of(loaded);
                    offsets.extend(within.iter().map(|inner| start + inner - FIRST_FIELD));
                }
                Holds::Number(_) | Holds::Enum(..) | Holds::Parameter(..) => {}
            }
        }
        self.describe_references(of, offsets);
    }

    /// Makes the GC take these places of an instance, from its start, for references: one series a run of neighbours.
    pub fn describe_references(&mut self, of: Type, mut offsets: Vec<u32>) {
        offsets.sort_unstable();
        let series: Vec<(u64, u64)> =
            runs(&offsets).map(|(start, count)| (start.into(), (8 * count).into())).collect();
        self.references.retain(|(known, _)| known.method_table != of.method_table);
        self.references.push((of, offsets));
        if series.is_empty() {
            return;
        }
        self.mark_references(of);
        self.native.put64(of.method_table - 8, series.len() as u64);
        // The runtime lists them from the last to the first.
        for ((start, bytes), at) in series.iter().rev().zip((0..).map(|i| of.method_table - 24 - 16 * i)) {
            self.native.put64(at, bytes.wrapping_sub(of.base_size.into()));
            self.native.put64(at + 8, *start);
        }
    }

    /// Tells the GC of the references in an array's elements.
    pub(super) fn describe_elements(&mut self, of: Type, element: Handle) {
        // A pointer or another type that has no MethodTable.
        if element.0 & 2 != 0 || !self.native.holds(element.0) {
            return;
        }
        let start = u64::from(of.base_size) - 8;
        let is_value = self.native.get64(element.0) as u32 & CATEGORY == VALUE_TYPE;
        let value = self.references.iter().find(|(of, _)| of.method_table == element.0);
        match (is_value, value) {
            (true, Some((_, offsets))) if !offsets.is_empty() => {
                let offsets: Vec<u32> = offsets.iter().map(|offset| offset - FIRST_FIELD).collect();
                self.describe_items(of, start, &offsets);
            }
            (false, _) if of.component_size == 8 => {
                self.mark_references(of);
                self.native.put64(of.method_table - 8, 1);
                self.native.put64(of.method_table - 24, 0_u64.wrapping_sub(of.base_size.into()));
                self.native.put64(of.method_table - 16, start);
            }
            _ => {}
        }
    }

    /// One item a run of references: how many, and how many bytes up to the next.
    fn describe_items(&mut self, of: Type, start: u64, offsets: &[u32]) {
        self.mark_references(of);
        let runs: Vec<(u32, u32)> = runs(offsets).collect();
        let next_element = runs[0].0 + of.component_size;
        let next = runs.iter().skip(1).map(|run| run.0).chain([next_element]);
        self.native.put64(of.method_table - 8, (runs.len() as u64).wrapping_neg());
        self.native.put64(of.method_table - 16, start + u64::from(runs[0].0));
        for (index, (&(begin, count), next)) in (0..).zip(runs.iter().zip(next)) {
            let at = of.method_table - 24 - 8 * index;
            self.native.put32(at, count);
            self.native.put32(at + 4, next - begin - 8 * count);
        }
    }

    fn mark_references(&mut self, of: Type) {
        let flags = self.native.get64(of.method_table) as u32;
        self.native.put32(of.method_table, flags | CONTAINS_GC_POINTERS);
    }
}

/// Runs of neighbouring slots: offset and number.
fn runs(offsets: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    offsets.chunk_by(|one, next| one + 8 == *next).map(|run| (run[0], run.len() as u32))
}
