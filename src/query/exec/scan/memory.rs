//! Memory as it lies in the dump, a row for so many units as were asked for.

use super::table::Table;
use crate::bytes::Addr;
use crate::dump::AddressSpace;
use crate::graph::Snapshot;
use crate::problem::Problem;
use crate::query::catalog::SourceFunction;
use crate::query::cells::Cells;
use crate::query::memory::{MemoryRange, MemoryUnit};

/// Some units that lie one after the other.
#[derive(Debug, Default)]
struct Row {
    address: u64,
    /// Of a row of one unit, its value; `None` where it is not in the dump.
    value: Option<u64>,
    hex: Option<String>,
    text: Option<String>,
    object: Option<u64>,
    type_name: Option<String>,
}

/// Reads the columns `used` of a stretch of memory, and tells how much of it is not in the dump.
pub fn memory(snapshot: &Snapshot, range: &MemoryRange, used: &[usize]) -> (Table, Vec<Problem>) {
    let reader = Reader { snapshot, memory: &snapshot.memory, unit: range.unit };
    let (rows, missing) = if range.unit.is_text() { reader.text(range) } else { reader.rows(range) };
    let table =
        Table::of_catalog(SourceFunction::Memory.doc().columns, rows.len(), used, |name| column(&rows, name));
    let problems = (missing > 0).then(|| {
        let of = range.from;
        Problem::loss(format!("{missing} bytes from {of} on are not in the dump and shown as ??"))
    });
    (table, problems.into_iter().collect())
}

/// A column, or `None` when there is no such column.
fn column(rows: &[Row], name: &str) -> Option<Cells> {
    match name {
        "address" => Some(Cells::unsigned(rows.iter().map(|row| row.address).collect())),
        "hex" => Some(Cells::texts(rows.iter().map(|row| row.hex.as_deref()))),
        "text" => Some(Cells::texts(rows.iter().map(|row| row.text.as_deref()))),
        "value" => Some(Cells::optional(rows.iter().map(|row| row.value))),
        "object" => Some(Cells::optional(rows.iter().map(|row| row.object))),
        "type" => Some(Cells::texts(rows.iter().map(|row| row.type_name.as_deref()))),
        _ => None,
    }
}

struct Reader<'a> {
    snapshot: &'a Snapshot,
    memory: &'a AddressSpace,
    unit: MemoryUnit,
}

impl Reader<'_> {
    /// The rows of a range, and how many of its bytes are missing.
    fn rows(&self, range: &MemoryRange) -> (Vec<Row>, u64) {
        let (size, mut rows, mut missing) = (self.unit.size(), Vec::new(), 0);
        let mut at = 0;
        while at < range.count {
            let units = range.per_row.min(range.count - at);
            let address = Addr(range.from.0.wrapping_add(at * size));
            let values: Vec<Option<u64>> =
                (0..units).map(|unit| self.read(Addr(address.0.wrapping_add(unit * size)))).collect();
            missing += values.iter().filter(|value| value.is_none()).count() as u64 * size;
            rows.push(self.row(address, range.per_row == 1, &values));
            at += units;
        }
        (rows, missing)
    }

    /// The unit at an address; `None` where any of it is not in the dump.
    fn read(&self, at: Addr) -> Option<u64> {
        match self.unit.size() {
            1 => self.memory.u8(at).ok().map(u64::from),
            2 => self.memory.u16(at).ok().map(u64::from),
            4 => self.memory.u32(at).ok().map(u64::from),
            _ => self.memory.u64(at).ok(),
        }
    }

    fn row(&self, address: Addr, single: bool, values: &[Option<u64>]) -> Row {
        let digits = self.unit.size() as usize * 2;
        let hex = |value: &Option<u64>| match value {
            Some(value) => format!("{value:0digits$x}"),
            None => "?".repeat(digits),
        };
        let value = values.first().copied().flatten().filter(|_| single);
        let word = value.filter(|_| self.unit == MemoryUnit::Qwords).map(Addr);
        let (object, type_name) = word.map_or((None, None), |word| self.pointee(word));
        Row {
            address: address.0,
            value,
            hex: Some(values.iter().map(hex).collect::<Vec<_>>().join(" ")),
            text: Some(values.iter().map(|value| self.characters(*value)).collect()),
            object,
            type_name,
        }
    }

    /// What a unit is as text: a code unit of UTF-16 for two bytes, else its bytes; a dot for what is not printed.
    fn characters(&self, value: Option<u64>) -> String {
        let size = self.unit.size();
        let Some(value) = value else { return "?".repeat(if size == 2 { 1 } else { size as usize }) };
        if size == 2 {
            let unit = char::from_u32(value as u32).filter(|c| !c.is_control());
            return unit.unwrap_or('.').to_string();
        }
        let byte = |byte: &u8| if matches!(byte, 0x20..=0x7e) { char::from(*byte) } else { '.' };
        value.to_le_bytes()[..size as usize].iter().map(byte).collect()
    }

    /// The object that begins where a word leads, and its type; or the type whose MethodTable the word leads to.
    fn pointee(&self, word: Addr) -> (Option<u64>, Option<String>) {
        let Some(types) = self.snapshot.values.as_deref().map(|values| values.types()) else {
            return (None, None);
        };
        let is_type = |mt: Addr| types.method_tables().is_method_table(types.memory(), mt);
        if self.snapshot.segments.iter().any(|s| s.start <= word && word < s.end) {
            let of = types.type_of(word).ok().filter(|mt| word.0.is_multiple_of(8) && is_type(*mt));
            return (of.map(|_| word.0), of.map(|mt| types.name(mt).to_string()));
        }
        let name = (!word.is_null() && word.0.is_multiple_of(8) && is_type(word)).then(|| types.name(word));
        (None, name.map(|name| format!("MethodTable of {name}")))
    }

    /// A text up to its zero, as one row, and how many bytes of it are missing.
    fn text(&self, range: &MemoryRange) -> (Vec<Row>, u64) {
        let (size, mut units, mut missing) = (self.unit.size(), Vec::new(), 0);
        for at in 0..range.count {
            match self.read(Addr(range.from.0.wrapping_add(at * size))) {
                Some(0) => break,
                Some(unit) => units.push(unit as u16),
                None => {
                    missing = size;
                    break;
                }
            }
        }
        let is_missing = units.is_empty() && missing > 0;
        let text = match self.unit {
            MemoryUnit::Utf16 => crate::text::from_utf16(&units),
            _ => units.iter().map(|&unit| self.characters(Some(unit.into()))).collect(),
        };
        let row = Row {
            address: range.from.0,
            hex: is_missing.then(|| "?".repeat(size as usize * 2)),
            text: (!is_missing).then_some(text),
            ..Row::default()
        };
        (vec![row], missing)
    }
}
