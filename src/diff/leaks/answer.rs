//! Suspects as the answer to the statement `leaks`: a row each, and for people their ways as chains.

use std::sync::Arc;

use super::Suspect;
use crate::bytes::Addr;
use crate::diff::Way;
use crate::problem::Problem;
use crate::query::{Answer, AnswerColumn, Chain, Chains, Kind, Link, ValueRef};

/// The suspects as rows: score, rule, subject, module, objects and bytes in each dump (`count`, `bytes` of a single one,
/// `count_1`, `bytes_1`... of several), the reason, root, path and examples, and what to ask next.
pub fn answer(suspects: &[Suspect], dumps: usize) -> Answer {
    let text = |name: &str, of: fn(&Suspect) -> Option<&str>| {
        let values = suspects.iter().map(|suspect| of(suspect).map_or(ValueRef::Null, ValueRef::Text));
        AnswerColumn::new(name, Kind::Text, values)
    };
    let list = |name: &str, of: fn(&Suspect) -> ValueRef<'_>| {
        AnswerColumn::new(name, Kind::List, suspects.iter().map(of))
    };
    let score = suspects.iter().map(|suspect| ValueRef::Integer(suspect.score.into()));
    let mut columns = vec![
        AnswerColumn::new("score", Kind::Integer, score),
        text("rule", |suspect| Some(&suspect.rule)),
        text("subject", |suspect| Some(&suspect.subject)),
        text("module", |suspect| suspect.module.as_deref()),
    ];
    for dump in 0..dumps {
        let name = |name: &str| if dumps == 1 { name.to_owned() } else { format!("{name}_{}", dump + 1) };
        let counts = suspects.iter().map(|of| of.counts.get(dump));
        let counts = counts.map(|count| count.map_or(ValueRef::Null, |&n| ValueRef::Integer(n.into())));
        columns.push(AnswerColumn::new(name("count"), Kind::Integer, counts));
        let bytes = suspects.iter().map(|of| of.bytes.get(dump));
        let bytes = bytes.map(|bytes| bytes.map_or(ValueRef::Null, |&n| ValueRef::Bytes(n)));
        columns.push(AnswerColumn::new(name("bytes"), Kind::Bytes, bytes));
    }
    columns.push(text("reason", |suspect| Some(&suspect.reason)));
    columns.push(text("root_kind", |suspect| Some(&*suspect.ways.first()?.root_kind)));
    columns.push(text("root_name", |suspect| suspect.ways.first()?.root_name.as_deref()));
    columns.push(list("path", |suspect| suspect.ways.first().map_or(ValueRef::Null, path)));
    columns.push(list("examples", |suspect| {
        let addresses = suspect.examples.iter().filter_map(|example| address(example));
        ValueRef::List(addresses.map(ValueRef::Address).collect())
    }));
    columns.push(text("next", |suspect| suspect.next.as_deref()));
    let warnings = suspects.is_empty().then(|| Problem::note(super::nothing_found())).into_iter().collect();
    Answer { columns, chains: Some(chains(suspects)), warnings, ..Answer::default() }
}

/// An address as suspects write it.
fn address(text: &str) -> Option<Addr> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok().map(Addr)
}

/// The types of a way, each a list of the type and the field by which it holds the next.
fn path(way: &Way) -> ValueRef<'_> {
    let steps = way.steps.iter().map(|step| {
        let field = step.field.as_deref().map_or(ValueRef::Null, ValueRef::Text);
        ValueRef::List(vec![ValueRef::Text(&step.type_name), field])
    });
    ValueRef::List(steps.collect())
}

/// Each suspect with its reason, and the way that most of its objects hang on.
fn chains(suspects: &[Suspect]) -> Chains {
    let link = |type_name: &str, field: Option<&str>, repeats: bool| Link {
        type_name: Arc::from(type_name),
        address: None,
        field: field.map(Arc::from),
        gap: repeats.then(|| "more".to_owned()),
    };
    let chain = |suspect: &Suspect| {
        let way = suspect.ways.first();
        let root = way.map(|way| link(&root(way), None, false));
        let steps = way.into_iter().flat_map(|way| &way.steps);
        let steps = steps.map(|step| link(&step.type_name, step.field.as_deref(), step.repeats));
        Chain {
            title: format!("{}: {}", suspect.subject, suspect.reason),
            remark: format!("{:>3}", suspect.score),
            links: root.into_iter().chain(steps).collect(),
            joins: false,
        }
    };
    Chains {
        chains: suspects.iter().map(chain).collect(),
        left_out: None,
        rows_are_better: suspects.is_empty(),
    }
}

/// What the root of a way is called.
fn root(way: &Way) -> String {
    let kind = way.root_kind.replace('_', " ");
    match &way.root_name {
        Some(name) => format!("{kind} {name}"),
        None => kind,
    }
}
