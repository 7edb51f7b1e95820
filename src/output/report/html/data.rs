//! What the script of a page works on: tables, dominator trees, bytes by assembly.
//!
//! A heap may have a hundred thousand types and a tree a million nodes; a page with all of them would open nowhere. Each
//! part has a share of bytes, filled by weight, and says what was left out. Every text stands once, in `names`.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::diff::Report;
use crate::diff::profile::OwnerTree;
use crate::output::escaped_json::{self, Spelling};
use crate::output::report::by_assembly::{AssemblyBytes, by_assembly};
use crate::output::report::names::shown;

use super::tables::{ColumnKind, Table, Values, tables};

/// Bytes that the dominator trees of all dumps may take.
const TREES: usize = 700 << 10;
/// Bytes that the types by assembly of all dumps may take.
const ASSEMBLIES: usize = 100 << 10;
/// Bytes that each table may take.
const TABLE: usize = 250 << 10;

/// Columns that a name may take.
const NAME_WIDTH: usize = 240;

/// Bytes that a node takes beside its names: six numbers and commas, at most 16 digits each in practice.
const NODE: usize = 60;
/// Bytes that a value of a row takes.
const VALUE: usize = 12;

/// The data of a page.
#[derive(Debug, Serialize)]
pub(super) struct PageData {
    /// What the dumps are called.
    labels: Vec<String>,
    /// All names; others refer to them by position.
    names: Vec<String>,
    /// The dominator tree of each dump.
    trees: Vec<TreeData>,
    /// The bytes of each dump by assembly and type.
    assemblies: Vec<TreeData>,
    /// The tables.
    tables: Vec<TableData>,
}

/// A tree as columns; parents stand before their children.
#[derive(Debug, Default, Serialize)]
struct TreeData {
    parent: Vec<Option<u32>>,
    name: Vec<u32>,
    module: Vec<Option<u32>>,
    count: Vec<u64>,
    size: Vec<u64>,
    retained: Vec<u64>,
    /// Nodes that are not among them: too small.
    left_out: u64,
}

#[derive(Debug, Serialize)]
struct TableData {
    id: &'static str,
    columns: Vec<ColumnData>,
    /// Rows that are not among them: those that weigh least.
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct ColumnData {
    label: String,
    kind: ColumnKind,
    detail: bool,
    values: Vec<Option<i64>>,
}

impl PageData {
    /// The data of a report.
    pub(super) fn of(report: &Report, labels: &[String]) -> PageData {
        let mut names = Names::default();
        let dumps = report.profiles.len().max(1);
        let trees = report.profiles.iter().map(|p| tree(&p.tree, TREES / dumps, &mut names)).collect();
        let assemblies = report
            .profiles
            .iter()
            .map(|profile| assemblies(&by_assembly(&profile.tree), ASSEMBLIES / dumps, &mut names))
            .collect();
        let tables = tables(report, labels).iter().map(|t| table(t, TABLE, &mut names)).collect();
        let labels = labels.iter().map(|label| shown(label, NAME_WIDTH)).collect();
        PageData { labels, names: names.texts, trees, assemblies, tables }
    }
}

/// The names, each once.
#[derive(Debug, Default)]
struct Names {
    texts: Vec<String>,
    known: FxHashMap<String, u32>,
}

impl Names {
    /// The position of a name that is known or for which there is room.
    fn place(&mut self, name: &str, left: &mut usize) -> Option<u32> {
        let name = shown(name, NAME_WIDTH);
        if let Some(&place) = self.known.get(&name) {
            return Some(place);
        }
        let length = spelled_length(&name);
        *left = left.checked_sub(length)?;
        let place = u32::try_from(self.texts.len()).ok()?;
        self.texts.push(name.clone());
        self.known.insert(name, place);
        Some(place)
    }
}

/// The bytes that a name takes in the page, with a comma.
fn spelled_length(name: &str) -> usize {
    let mut spelled = Vec::with_capacity(name.len() + 2);
    // Writing to memory does not fail.
    let _ = escaped_json::write(name, Spelling::InPage, &mut spelled);
    spelled.len() + 1
}

/// The biggest nodes of a tree that have room, each with all above it.
fn tree(tree: &OwnerTree, room: usize, names: &mut Names) -> TreeData {
    let mut left = room;
    let mut order: Vec<u32> = (0..u32::try_from(tree.nodes.len()).unwrap_or(u32::MAX)).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(tree.nodes[at as usize].retained));
    let mut places: Vec<Option<u32>> = vec![None; tree.nodes.len()];
    let mut data = TreeData::default();
    for at in order {
        let node = &tree.nodes[at as usize];
        let parent = match node.parent.map(|parent| places.get(parent as usize).copied().flatten()) {
            Some(None) => continue,
            placed => placed.flatten(),
        };
        if left < NODE {
            break;
        }
        let Some(name) = names.place(&node.name, &mut left) else { break };
        let module = node.module.as_deref().and_then(|module| names.place(module, &mut left));
        left = left.saturating_sub(NODE);
        places[at as usize] = u32::try_from(data.name.len()).ok();
        data.push(parent, name, module, [node.count, node.size, node.retained]);
    }
    data.left_out = tree.cut.0.saturating_add((tree.nodes.len() - data.name.len()) as u64);
    data
}

/// The bytes by assembly as a tree of two levels.
fn assemblies(assemblies: &[AssemblyBytes<'_>], room: usize, names: &mut Names) -> TreeData {
    let mut left = room;
    let mut data = TreeData::default();
    let mut parents = Vec::new();
    for assembly in assemblies {
        let Some(name) = names.place(assembly.module.unwrap_or("no assembly"), &mut left) else { break };
        parents.push((u32::try_from(data.name.len()).ok(), assembly));
        let count = assembly.holders.iter().fold(0_u64, |sum, holder| sum.saturating_add(holder.count));
        data.push(None, name, None, [count, 0, assembly.bytes]);
    }
    let mut holders: Vec<_> = parents
        .iter()
        .flat_map(|&(parent, a)| a.holders.iter().map(move |holder| (parent, holder)))
        .collect();
    holders.sort_by_key(|(_, holder)| std::cmp::Reverse(holder.bytes));
    let all = holders.len();
    let mut placed = 0;
    for (parent, holder) in holders {
        if left < NODE {
            break;
        }
        let Some(name) = names.place(holder.type_name, &mut left) else { break };
        left = left.saturating_sub(NODE);
        data.push(parent, name, None, [holder.count, holder.bytes, holder.bytes]);
        placed += 1;
    }
    data.left_out = (all - placed) as u64;
    data
}

impl TreeData {
    fn push(
        &mut self,
        parent: Option<u32>,
        name: u32,
        module: Option<u32>,
        [count, size, retained]: [u64; 3],
    ) {
        self.parent.push(parent);
        self.name.push(name);
        self.module.push(module);
        self.count.push(count);
        self.size.push(size);
        self.retained.push(retained);
    }
}

/// The first rows of a table that have room.
fn table(table: &Table, room: usize, names: &mut Names) -> TableData {
    let mut left = room;
    let head = |column: &super::tables::Column| ColumnData {
        label: shown(&column.label, NAME_WIDTH),
        kind: column.kind,
        detail: column.detail,
        values: Vec::new(),
    };
    let mut columns: Vec<ColumnData> = table.columns.iter().map(head).collect();
    let mut rows = 0;
    for row in 0..table.row_count() {
        let Some(values) = values_of(table, row, &mut left, names) else { break };
        columns.iter_mut().zip(values).for_each(|(column, value)| column.values.push(value));
        rows += 1;
    }
    TableData { id: table.id, columns, left_out: table.row_count() - rows }
}

/// The values of a row; `None` where there is no room for it.
fn values_of(table: &Table, row: usize, left: &mut usize, names: &mut Names) -> Option<Vec<Option<i64>>> {
    *left = left.checked_sub(table.columns.len() * VALUE)?;
    let value = |column: &super::tables::Column| match &column.values {
        Values::Texts(texts) => match texts.get(row).and_then(Option::as_deref) {
            Some(text) => names.place(text, left).map(|place| Some(i64::from(place))),
            None => Some(None),
        },
        // No figure of a heap comes near the end of 64 bits.
        Values::Numbers(numbers) => {
            Some(numbers.get(row).copied().flatten().and_then(|number| i64::try_from(number).ok()))
        }
    };
    table.columns.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::report::samples;

    fn data(report: &Report) -> PageData {
        let labels: Vec<String> = (0..report.profiles.len()).map(|at| format!("t{at}")).collect();
        PageData::of(report, &labels)
    }

    #[test]
    fn names_stand_once_and_parents_first() {
        let page = data(&samples::series());
        let mut names = page.names.clone();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), page.names.len());
        for tree in page.trees.iter().chain(&page.assemblies) {
            let parents_first =
                tree.parent.iter().enumerate().all(|(at, parent)| parent.is_none_or(|p| (p as usize) < at));
            assert!(parents_first && !tree.name.is_empty());
        }
        assert_eq!((page.trees[2].name.len(), page.trees[2].left_out), (8, 12));
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let report = samples::enormous();
        let page = data(&report);
        let (tree, types) = (&page.trees[0], &page.tables[0]);
        assert_eq!(tree.name.len() as u64 + tree.left_out, report.profiles[0].tree.nodes.len() as u64 + 12);
        assert_eq!(types.columns[0].values.len() + types.left_out, report.profiles[0].types.len());
        assert!(tree.name.len() > 1000 && types.columns[0].values.len() > 500);
        // The biggest are those that stay.
        let smallest = tree.retained.iter().min().copied().unwrap();
        assert!(
            report.profiles[0].tree.nodes.iter().filter(|n| n.retained > smallest).count() <= tree.name.len()
        );
    }

    #[test]
    fn trees_that_contradict_themselves_are_survived() {
        let mut report = samples::one_dump();
        let nodes = &mut report.profiles[0].tree.nodes;
        nodes[0].parent = Some(u32::MAX);
        nodes[1].parent = Some(1);
        nodes[3].retained = u64::MAX;
        let page = data(&report);
        assert!(page.trees[0].left_out > 12);
    }
}
