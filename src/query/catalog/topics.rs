//! Everything that can be looked up, in one form: what `help` tells and the reference is made of.

use super::examples::{Illustration, illustration};
use super::{ColumnDoc, functions, keywords, source_functions, statements, tables};

/// What sort of thing a topic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TopicKind {
    /// A statement, by the word it begins with.
    Statement,
    /// A table.
    Table,
    /// A function that gives rows.
    Source,
    /// A function over the rows of a group.
    Aggregate,
    /// A function of values of one row.
    Function,
    /// A word of the language.
    Keyword,
}

impl TopicKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [TopicKind; 6] =
        [Self::Statement, Self::Table, Self::Source, Self::Aggregate, Self::Function, Self::Keyword];

    /// What one is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Table => "table",
            Self::Source => "source",
            Self::Aggregate => "aggregate",
            Self::Function => "function",
            Self::Keyword => "keyword",
        }
    }

    /// What several are called: the word by which `help` lists them.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Statement => "statements",
            Self::Table => "tables",
            Self::Source => "sources",
            Self::Aggregate => "aggregates",
            Self::Function => "functions",
            Self::Keyword => "keywords",
        }
    }
}

/// An entry of the catalog.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// What sort of thing it is.
    pub kind: TopicKind,
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it is or does.
    pub summary: &'static str,
    /// The columns of its rows; empty where it has none of its own.
    pub columns: &'static [ColumnDoc],
    /// Statements that show it at work, each whole.
    pub examples: &'static [&'static str],
    /// The names of topics beside it.
    pub see_also: &'static [&'static str],
}

impl Topic {
    fn new(kind: TopicKind, name: &'static str, usage: &'static str, summary: &'static str) -> Topic {
        let Illustration { examples, see_also, .. } = illustration(kind, name);
        Topic { kind, name, usage, summary, columns: &[], examples, see_also }
    }
}

/// All entries of the catalog, kind by kind.
pub fn topics() -> Vec<Topic> {
    let mut all = Vec::new();
    all.extend(statements().iter().map(|s| Topic::new(TopicKind::Statement, s.name, s.usage, s.summary)));
    all.extend(
        tables()
            .iter()
            .map(|t| Topic { columns: t.columns, ..Topic::new(TopicKind::Table, t.name, t.name, t.summary) }),
    );
    all.extend(
        source_functions().iter().map(|f| Topic {
            columns: f.columns,
            ..Topic::new(TopicKind::Source, f.name, f.usage, f.summary)
        }),
    );
    for kind in [TopicKind::Aggregate, TopicKind::Function] {
        let of_kind = functions().iter().filter(|f| f.is_aggregate() == (kind == TopicKind::Aggregate));
        all.extend(of_kind.map(|f| Topic::new(kind, f.name, f.usage, f.summary)));
    }
    all.extend(keywords().iter().map(|k| Topic::new(TopicKind::Keyword, k.word, k.word, k.summary)));
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::query::catalog::examples::illustrations;

    #[test]
    fn every_topic_has_an_example_and_every_example_a_topic() {
        let topics = topics();
        let known: HashSet<_> = topics.iter().map(|topic| (topic.kind, topic.name)).collect();
        assert_eq!(known.len(), topics.len(), "a name occurs twice");
        for topic in &topics {
            // A keyword that begins a statement is shown with the statement.
            let shown =
                topic.kind == TopicKind::Keyword && known.contains(&(TopicKind::Statement, topic.name));
            assert!(
                shown || !topic.examples.is_empty(),
                "{} {} has no example",
                topic.kind.word(),
                topic.name
            );
        }
        for Illustration { kind, name, .. } in illustrations() {
            assert!(known.contains(&(*kind, *name)), "there is no {} {name}", kind.word());
        }
    }

    #[test]
    fn what_is_pointed_at_is_there() {
        let topics = topics();
        for topic in &topics {
            for other in topic.see_also {
                let found = topics.iter().any(|known| known.name == *other);
                assert!(found && *other != topic.name, "{} points at {other}", topic.name);
            }
        }
    }
}
