//! From a code address to the line of source that it was compiled from.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::metadata::SequencePoint;
use crate::clr::type_system::TypeSystem;

use super::method_desc::Identity;

/// A line of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The path of the file, as the compiler was given it.
    pub file: Arc<str>,
    /// The line on which the statement begins, counted from 1.
    pub line: u32,
    /// The column at which it begins, counted from 1.
    pub column: u32,
}

impl TypeSystem {
    /// The line of source of the instruction around `address`; `None` where there is no managed code, its debug info is
    /// not in the dump, or no portable PDB of the module's very build was found.
    ///
    /// A return address is behind the call that it belongs to: ask for the byte before it.
    pub fn source_line(&self, address: Addr) -> Option<SourceLine> {
        let il_offset = self.nearest_il_offset(address)?;
        let (module, row) = self.definition_of_method(self.code_info(address).ok()??.method_desc)?;
        let pdb = self.portable_pdb(module)?;
        let point = point_at(&pdb.sequence_points(row).ok()?, il_offset)?;
        let (line, column) = point.place?;
        let file = pdb.document(point.document).ok()?.into();
        Some(SourceLine { file, line, column })
    }

    /// The module and the row in its table of methods of a MethodDesc; `None` for a dynamic method.
    fn definition_of_method(&self, method_desc: Addr) -> Option<(Addr, u32)> {
        let desc = self.methods().descs.as_ref()?;
        let desc = desc.read(self.memory(), self.method_tables(), method_desc).ok()??;
        let Identity::Row(row) = desc.identity else { return None };
        let module = self.method_tables().defining_module(self.memory(), desc.method_table).ok()?;
        Some((module, row))
    }
}

/// The last point with a line that begins no later than `il_offset`; before all of them the first.
fn point_at(points: &[SequencePoint], il_offset: u32) -> Option<SequencePoint> {
    let mut visible = points.iter().filter(|point| point.place.is_some()).peekable();
    let first = visible.peek().copied();
    visible.take_while(|point| point.il_offset <= il_offset).last().or(first).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(il_offset: u32, line: Option<u32>) -> SequencePoint {
        SequencePoint { il_offset, document: 1, place: line.map(|line| (line, 1)) }
    }

    #[test]
    fn hidden_points_count_to_the_statement_before_and_what_is_before_all_to_the_first() {
        let points = [point(2, Some(10)), point(5, None), point(9, Some(12))];
        let line = |il| point_at(&points, il).and_then(|p| p.place).map(|(line, _)| line);
        assert_eq!([0, 2, 4, 5, 8, 9, 90].map(line), [10, 10, 10, 10, 10, 12, 12].map(Some));
        assert_eq!(point_at(&points[1..2], 7), None);
    }
}
