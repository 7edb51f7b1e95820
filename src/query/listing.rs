//! Statements that are answered from the catalog: `tables`, `describe`, `help`, and the steps of `explain`.

use super::answer::{Answer, AnswerColumn, Kind, ValueRef};
use super::ast::Name;
use super::catalog::{Keyword, function, functions, keywords, source_functions, statements, table, tables};
use super::diagnostic::{Diagnostic, nearest};
use super::path::Leaf;
use super::plan::Step;
use super::schema::DumpTypes;

/// Groups of entries that `help` takes instead of a word.
const TOPICS: [&str; 5] = ["statements", "tables", "sources", "functions", "keywords"];

/// An answer of columns of text.
fn texts<const N: usize>(names: [&str; N], rows: &[[String; N]]) -> Answer {
    let columns = names.iter().enumerate().map(|(at, name)| {
        AnswerColumn::new(*name, Kind::Text, rows.iter().map(|row| ValueRef::Text(&row[at])))
    });
    Answer { columns: columns.collect(), ..Answer::default() }
}

/// The steps of a plan.
pub fn steps(steps: &[Step]) -> Answer {
    let rows: Vec<_> = steps.iter().map(|(step, what)| [(*step).to_owned(), what.clone()]).collect();
    texts(["step", "what"], &rows)
}

/// All tables with their columns.
pub fn all_tables() -> Answer {
    let rows = tables().iter().map(|t| {
        let columns: Vec<_> = t.columns.iter().map(|c| c.name).collect();
        [t.name.to_owned(), t.summary.to_owned(), columns.join(", ")]
    });
    texts(["table", "what", "columns"], &rows.collect::<Vec<_>>())
}

/// The columns of a table or of the objects of a type, or a function. `types` gives those of the dump that
/// is asked; it is called only for a name that is none of the language's own.
///
/// # Errors
/// The name is none of these.
pub fn describe<'a>(
    name: &Name,
    types: impl FnOnce() -> Option<DumpTypes<'a>>,
) -> Result<Answer, Diagnostic> {
    let source = source_functions().iter().find(|f| f.name == name.text && !f.columns.is_empty());
    if let Some(columns) = table(&name.text).map(|t| t.columns).or(source.map(|f| f.columns)) {
        let column = |make: &dyn Fn(usize) -> &'static str, title| {
            let values = (0..columns.len()).map(|at| ValueRef::Text(make(at)));
            AnswerColumn::new(title, Kind::Text, values)
        };
        let measures = columns.iter().map(|c| ValueRef::Boolean(c.measure));
        let listed = vec![
            column(&|at| columns[at].name, "column"),
            column(&|at| columns[at].kind.word(), "kind"),
            AnswerColumn::new("measure", Kind::Boolean, measures),
            column(&|at| columns[at].summary, "what"),
        ];
        return Ok(Answer { columns: listed, ..Answer::default() });
    }
    if function(&name.text).is_some() || source_functions().iter().any(|f| f.name == name.text) {
        return help(Some(name));
    }
    let types = types();
    if let Some(answer) = types.and_then(|types| describe_type(types, &name.text)) {
        return Ok(answer);
    }
    let sources = source_functions().iter().map(|f| f.name);
    let names = tables().iter().map(|t| t.name).chain(functions().iter().map(|f| f.name)).chain(sources);
    let names: Vec<_> = names.collect();
    let near_type = types.and_then(|types| types.near(&name.text));
    if let Some(near) = near_type.filter(|_| nearest(&name.text, names.iter().copied()).is_none()) {
        let message = format!("there is no table, function or type `{}`", name.text);
        return Err(Diagnostic::new(name.span.clone(), message).hint(format!("did you mean `{near}`?")));
    }
    Err(unknown(name, "table or function", &names))
}

/// The fields that are columns of the objects of a type, and what their values are.
fn describe_type(types: DumpTypes<'_>, name: &str) -> Option<Answer> {
    let (system, named) = (types.system()?, types.named(name)?);
    let description = system.description(*named.bearers.first()?);
    // Of several fields of a name the last one is the most derived type's, which the name means.
    let shown = |at: usize| {
        let later = description.fields.get(at + 1..).unwrap_or_default();
        later.iter().all(|field| field.name != description.fields[at].name)
    };
    let rows = (0..description.fields.len()).filter(|&at| shown(at)).map(|at| {
        let field = &description.fields[at];
        let kind = Leaf::of(system, &field.field_type).kind().map_or("", Kind::word);
        let what = format!("{}, declared by {}", field.field_type.name, system.name(field.declared_in));
        [field.name.to_string(), kind.to_owned(), what]
    });
    Some(texts(["column", "kind", "what"], &rows.collect::<Vec<_>>()))
}

/// Everything, one kind of thing, or what a word means.
///
/// # Errors
/// The word means nothing.
pub fn help(word: Option<&Name>) -> Result<Answer, Diagnostic> {
    let all = entries();
    let found: Vec<_> = match word.map(|w| w.text.as_str()) {
        None => all,
        Some(topic) if TOPICS.contains(&topic) => {
            all.into_iter().filter(|[kind, ..]| topic.strip_suffix('s') == Some(kind.as_str())).collect()
        }
        Some(word) => all
            .into_iter()
            .filter(|[kind, name, ..]| {
                name == word || (kind == "keyword" && Keyword::of(word).is_some_and(|k| k.word() == name))
            })
            .collect(),
    };
    match word {
        Some(word) if found.is_empty() => {
            let all = entries();
            let names: Vec<_> = all.iter().map(|[_, name, ..]| name.as_str()).chain(TOPICS).collect();
            Err(unknown(word, "word", &names))
        }
        _ => Ok(texts(["kind", "name", "usage", "what"], &found)),
    }
}

/// All entries of the catalog: kind, name, usage, summary.
fn entries() -> Vec<[String; 4]> {
    let entry =
        |kind: &str, name: &str, usage: &str, what: &str| [kind, name, usage, what].map(str::to_owned);
    let mut all = Vec::new();
    all.extend(statements().iter().map(|s| entry("statement", s.name, s.usage, s.summary)));
    all.extend(tables().iter().map(|t| {
        let columns: Vec<_> = t.columns.iter().map(|c| c.name).collect();
        entry("table", t.name, &columns.join(", "), t.summary)
    }));
    all.extend(source_functions().iter().map(|f| entry("source", f.name, f.usage, f.summary)));
    all.extend(functions().iter().map(|f| entry("function", f.name, f.usage, f.summary)));
    all.extend(keywords().iter().map(|k| entry("keyword", k.word, k.word, k.summary)));
    all
}

fn unknown(name: &Name, what: &str, names: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(name.span.clone(), format!("there is no {what} `{}`", name.text));
    let near = nearest(&name.text, names.iter().copied());
    match near {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint("`help` lists everything, `tables` the tables"),
    }
}
