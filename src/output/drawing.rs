//! Answers as pictures of graphs: DOT, the language of Graphviz, and Mermaid.

use std::io::{self, Write};

use petgraph::visit::EdgeRef;

use crate::error::{Error, ErrorKind};
use crate::query::{Answer, Rows};

use super::format::AnswerWriter;
use super::sanitize::sanitize;
use super::small_graph::{NodeSort, SmallGraph, graph_of};

/// A language for pictures of graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawing {
    /// Graphviz's: <https://graphviz.org/doc/info/lang.html>.
    Dot,
    /// Mermaid's flowcharts: <https://mermaid.js.org/syntax/flowchart.html>.
    Mermaid,
}

impl AnswerWriter for Drawing {
    fn refusal(&self, answer: &Answer) -> Option<Error> {
        let has = |name: &str| answer.columns.iter().any(|column| column.name == name);
        if answer.chains.is_some() || has("source_type") && has("target_type") {
            return None;
        }
        Some(Error::new(ErrorKind::Usage, "this answer is no graph that could be drawn").hint(
            "`roots of`, `path from` and `paths to` give paths; other answers need the columns source_type and \
             target_type",
        ))
    }

    fn streams(&self) -> bool {
        false
    }

    fn write_rows(&mut self, rows: &Rows<'_>, _prose: bool, out: &mut dyn Write) -> io::Result<()> {
        let graph = graph_of(rows.head()).unwrap_or_default();
        let text = match self {
            Drawing::Dot => dot(&graph),
            Drawing::Mermaid => mermaid(&graph),
        };
        out.write_all(text.as_bytes())
    }
}

fn dot(graph: &SmallGraph) -> String {
    let mut text = String::from("digraph heap {\n  node [shape=box, fontname=\"monospace\"];\n");
    for node in graph.node_indices() {
        let style = match graph[node].sort {
            NodeSort::Root => ", shape=ellipse, style=bold",
            NodeSort::Thing => "",
            NodeSort::Gap => ", shape=plaintext",
        };
        let label: Vec<String> = graph[node].lines.iter().map(|line| dot_text(line)).collect();
        text.push_str(&format!("  n{} [label=\"{}\"{style}];\n", node.index(), label.join("\\n")));
    }
    for edge in graph.edge_references() {
        let (from, to) = (edge.source().index(), edge.target().index());
        match &**edge.weight() {
            "" => text.push_str(&format!("  n{from} -> n{to};\n")),
            label => text.push_str(&format!("  n{from} -> n{to} [label=\"{}\"];\n", dot_text(label))),
        }
    }
    text.push_str("}\n");
    text
}

/// Text between double quotes: a quote would end it, a backslash begin an escape.
fn dot_text(text: &str) -> String {
    sanitize(text).replace('\\', "\\\\").replace('"', "\\\"")
}

fn mermaid(graph: &SmallGraph) -> String {
    let mut text = String::from("flowchart TD\n");
    for node in graph.node_indices() {
        let (open, close) = match graph[node].sort {
            NodeSort::Root => ("([", "])"),
            NodeSort::Thing => ("[", "]"),
            NodeSort::Gap => ("(", ")"),
        };
        let label: Vec<String> = graph[node].lines.iter().map(|line| mermaid_text(line)).collect();
        text.push_str(&format!("  n{}{open}\"{}\"{close}\n", node.index(), label.join("<br/>")));
    }
    for edge in graph.edge_references() {
        let (from, to) = (edge.source().index(), edge.target().index());
        match &**edge.weight() {
            "" => text.push_str(&format!("  n{from} --> n{to}\n")),
            label => text.push_str(&format!("  n{from} -->|\"{}\"| n{to}\n", mermaid_text(label))),
        }
    }
    text
}

/// Text between double quotes. Whatever means something to Mermaid, Markdown or HTML there is written by its number.
fn mermaid_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitize(text).chars() {
        if c.is_alphanumeric()
            || matches!(c, ' ' | '.' | ',' | ':' | '(' | ')' | '-' | '+' | '/' | '%' | '…' | '\'')
        {
            escaped.push(c);
        } else {
            escaped.push_str(&format!("#{};", u32::from(c)));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Document, samples};

    fn drawn(mut drawing: Drawing, answer: &Answer) -> String {
        assert!(drawing.refusal(answer).is_none());
        let mut out = Vec::new();
        let document = Document { answer, dumps: &[], problems: &[], prose: false };
        drawing.write(&document, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn chains() -> Answer {
        Answer { chains: Some(samples::chains()), ..Answer::default() }
    }

    #[test]
    fn paths_that_meet_are_drawn_once() {
        let text = drawn(Drawing::Dot, &chains());
        assert_eq!(text.matches("label=\"System.Object[]\\n0x7f0000002000\"").count(), 1, "{text}");
        assert!(
            text.contains("n5 [label=\"stack (thread 7)\\n2 slots\", shape=ellipse, style=bold];"),
            "{text}"
        );
        assert!(text.contains("n0 -> n1;") && text.contains("n1 -> n2 [label=\"_items\"];"), "{text}");
        assert!(text.contains("n6 -> n2 [label=\"_dogs\"];"), "{text}");
    }

    #[test]
    fn what_a_dump_says_stays_text() {
        let dot = drawn(Drawing::Dot, &chains());
        assert!(dot.contains(r"Zoo.Dog\\u001b[31m"), "{dot}");
        let types = samples::type_references("a\"]; b\\", "<script>`x`#");
        let dot = drawn(Drawing::Dot, &types);
        assert!(dot.contains(r#"label="a\"]; b\\""#), "{dot}");
        let mermaid = drawn(Drawing::Mermaid, &types);
        assert!(mermaid.contains("[\"a#34;#93;#59; b#92;\"]"), "{mermaid}");
        assert!(mermaid.contains("[\"#60;script#62;#96;x#96;#35;\"]"), "{mermaid}");
    }

    #[test]
    fn types_that_refer_to_each_other_are_drawn_with_their_counts() {
        let mermaid = drawn(Drawing::Mermaid, &samples::type_references("Zoo.Kennel", "Zoo.Dog"));
        let expected =
            "flowchart TD\n  n0[\"Zoo.Kennel\"]\n  n1[\"Zoo.Dog\"]\n  n0 -->|\"count 1,013\"| n1\n";
        assert_eq!(mermaid, expected);
    }

    #[test]
    fn an_answer_that_is_no_graph_is_refused() {
        let refusal = Drawing::Dot.refusal(&samples::types()).unwrap();
        assert_eq!(refusal.message(), "this answer is no graph that could be drawn");
    }
}
