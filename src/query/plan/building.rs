//! What is built before a plan can be answered, and roughly what that costs: in objects, references and bytes.

use super::explain::Step;
use super::graph_parts::GraphPart;
use crate::graph::Snapshot;
use crate::graph::index::Part as IndexPart;
use crate::units::human_bytes;

/// Said of what need not be built.
const THERE: &str = "there already";

/// Said of what is mapped from the file beside the dump.
const INDEXED: &str = "from the index";

/// What is built of a dump and stays: the next statement finds it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Built {
    /// The table of its objects.
    Heap,
    /// A part of their graph.
    Graph(GraphPart),
}

/// The step that builds it.
pub(super) fn step_of(built: Built, number: usize, snapshot: Option<&Snapshot>) -> Step {
    match built {
        Built::Heap => walk(number, snapshot),
        Built::Graph(part) => part_of_graph(part, number, snapshot),
    }
}

fn walk(number: usize, snapshot: Option<&Snapshot>) -> Step {
    let how = snapshot.map(|snapshot| match snapshot.built_heap() {
        Some(heap) => format!("{THERE}, {}", counted(heap.objects.len(), "object")),
        None if in_index(snapshot, IndexPart::Heap) => INDEXED.to_owned(),
        None => {
            let bytes = snapshot.segments.iter().filter_map(|segment| segment.end.since(segment.start));
            let bytes = bytes.map(|bytes| bytes as f64).sum();
            format!("{} in {}", human_bytes(bytes), counted(snapshot.segments.len(), "segment"))
        }
    });
    step("walk heap", number, how)
}

fn part_of_graph(part: GraphPart, number: usize, snapshot: Option<&Snapshot>) -> Step {
    let name = match part {
        GraphPart::References => "read references",
        GraphPart::Referrers => "turn references around",
        GraphPart::Roots => "find roots",
        GraphPart::Reachable => "search from the roots",
        GraphPart::Depths => "measure depths",
        GraphPart::Dominators => "compute dominators",
    };
    step(name, number, snapshot.map(|snapshot| how(part, snapshot)))
}

fn how(part: GraphPart, snapshot: &Snapshot) -> String {
    let graph = snapshot.graph();
    let objects = || match snapshot.built_heap() {
        Some(heap) => counted(heap.objects.len(), "object"),
        None => "all objects".to_owned(),
    };
    let references = || match graph.built_references() {
        Some(references) => counted(references.forward.member_count(), "reference"),
        None => "all references".to_owned(),
    };
    let there = |is_there: bool| is_there.then(|| THERE.to_owned());
    match part {
        GraphPart::References => {
            let built = graph.built_references();
            let built = built.map(|_| format!("{THERE}, {}", references()));
            built.unwrap_or_else(|| match in_index(snapshot, IndexPart::References) {
                true => INDEXED.to_owned(),
                false => format!("of {}, about 2 bytes each and 4 a reference", objects()),
            })
        }
        GraphPart::Referrers => there(graph.built_referrers().is_some()).unwrap_or_else(|| {
            match in_index(snapshot, IndexPart::Referrers) {
                true => INDEXED.to_owned(),
                false => format!("{}, about 2 bytes an object and 4 a reference", references()),
            }
        }),
        GraphPart::Roots => {
            let built =
                graph.built_roots().map(|roots| format!("{THERE}, {}", counted(roots.all.len(), "root")));
            built.unwrap_or_else(|| "statics, handles, stacks and the finalizer queue".to_owned())
        }
        GraphPart::Reachable => there(graph.built_dominators().is_some())
            .unwrap_or_else(|| format!("through {}, a bit an object", references())),
        GraphPart::Depths => format!("through {}, 4 bytes an object", references()),
        // An index may hold those of other roots, which are not used: that shows when they are asked for.
        GraphPart::Dominators => {
            there(graph.built_dominators().is_some()).unwrap_or_else(|| {
                match in_index(snapshot, IndexPart::Dominators) {
                    true => INDEXED.to_owned(),
                    false => {
                        let (objects, references) = (objects(), references());
                        format!("of {objects} by {references}, about 24 bytes an object while that is done")
                    }
                }
            })
        }
    }
}

fn in_index(snapshot: &Snapshot, part: IndexPart) -> bool {
    snapshot.index.as_ref().is_some_and(|index| index.holds(part))
}

fn step(name: &'static str, number: usize, how: Option<String>) -> Step {
    let dump = format!("dump {}", number + 1);
    (name, how.map_or(dump.clone(), |how| format!("{dump}: {how}")))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
