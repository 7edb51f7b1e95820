//! An answer as a graph that can be drawn: paths put together, or types that refer to each other.

use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::query::{Answer, AnswerColumn, Chains, Kind, ValueRef};
use crate::units::grouped;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NodeSort {
    /// Where paths begin.
    Root,
    /// An object or a type.
    Thing,
    /// What is left out.
    Gap,
}

/// A node: what it stands for and what is written on it, a line each.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub sort: NodeSort,
    pub lines: Vec<String>,
}

/// A graph with texts on its nodes and edges.
pub(super) type SmallGraph = DiGraph<Node, String>;

/// What makes a node one and the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Root(String),
    Object(Addr),
    Type(String),
}

/// The graph of an answer; `None` when it is none.
pub(super) fn graph_of(answer: &Answer) -> Option<SmallGraph> {
    let mut builder = Builder::default();
    match &answer.chains {
        Some(chains) => builder.chains(chains),
        None => builder.types(answer)?,
    }
    Some(builder.graph)
}

#[derive(Default)]
struct Builder {
    graph: SmallGraph,
    nodes: FxHashMap<Key, NodeIndex>,
}

impl Builder {
    fn chains(&mut self, chains: &Chains) {
        for chain in &chains.chains {
            let mut before = (!chain.title.is_empty()).then(|| {
                let lines = [&chain.title, &chain.remark].into_iter().filter(|text| !text.is_empty());
                let lines = lines.cloned().collect();
                // What leads to different things by the same root differs in what is said of it.
                let key = Key::Root(format!("{}\n{}", chain.title, chain.remark));
                (self.node(key, NodeSort::Root, lines), String::new())
            });
            for link in &chain.links {
                let key = match link.address {
                    Some(address) => Key::Object(address),
                    None => Key::Type(link.type_name.to_string()),
                };
                let mut lines = vec![link.type_name.to_string()];
                lines.extend(link.address.map(|address| address.to_string()));
                let node = self.node(key, NodeSort::Thing, lines);
                if let Some((before, field)) = before {
                    self.edge(before, node, field);
                }
                before = Some((node, link.field.as_deref().unwrap_or_default().to_owned()));
                if let Some(gap) = &link.gap {
                    let gap =
                        self.graph.add_node(Node { sort: NodeSort::Gap, lines: vec![format!("… {gap}")] });
                    self.edge(node, gap, link.field.as_deref().unwrap_or_default().to_owned());
                    before = Some((gap, String::new()));
                }
            }
        }
    }

    /// The rows as references between types.
    fn types(&mut self, answer: &Answer) -> Option<()> {
        let column = |name: &str| answer.columns.iter().find(|column| column.name == name);
        let (source, target) = (column("source_type")?, column("target_type")?);
        let others: Vec<&AnswerColumn> = answer
            .columns
            .iter()
            .filter(|column| !["source_type", "target_type"].contains(&column.name.as_str()))
            .filter(|column| matches!(column.kind, Kind::Integer | Kind::Bytes | Kind::Text))
            .collect();
        for row in 0..answer.row_count() {
            let (ValueRef::Text(source), ValueRef::Text(target)) = (source.value(row), target.value(row))
            else {
                continue;
            };
            let mut node =
                |name: &str| self.node(Key::Type(name.to_owned()), NodeSort::Thing, vec![name.to_owned()]);
            let (source, target) = (node(source), node(target));
            let label: Vec<String> = others.iter().filter_map(|column| label(column, row)).collect();
            self.edge(source, target, label.join(", "));
        }
        Some(())
    }

    fn node(&mut self, key: Key, sort: NodeSort, lines: Vec<String>) -> NodeIndex {
        let graph = &mut self.graph;
        *self.nodes.entry(key).or_insert_with(|| graph.add_node(Node { sort, lines }))
    }

    /// Adds an edge unless there is the same one already.
    fn edge(&mut self, from: NodeIndex, to: NodeIndex, label: String) {
        if !self.graph.edges_connecting(from, to).any(|edge| *edge.weight() == label) {
            self.graph.add_edge(from, to, label);
        }
    }
}

/// A value beside two types: a count or a size says what it is, a field speaks for itself.
fn label(column: &AnswerColumn, row: usize) -> Option<String> {
    match column.value(row) {
        ValueRef::Text(text) => Some(text.to_owned()),
        ValueRef::Integer(number) => Some(format!("{} {}", column.name, grouped(number))),
        ValueRef::Bytes(number) => Some(format!("{} {}", column.name, grouped(i128::from(number)))),
        _ => None,
    }
}
