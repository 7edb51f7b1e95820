//! Statements that are answered from the catalog: `tables`, `describe`, `help`, and the steps of `explain`.

mod help;

use super::answer::{Answer, AnswerColumn, Kind, ValueRef};
use super::ast::Name;
use super::catalog::{function, functions, is_reserved, source_functions, table, tables};
use super::path::Leaf;
use super::plan::Step;
use super::schema::DumpTypes;
use crate::diagnostic::{Diagnostic, nearest};
use crate::problem::Problem;

pub use help::help;

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
    if is_reserved(&name.text) {
        return help(Some(name));
    }
    let sources = source_functions().iter().map(|f| f.name);
    let names = tables().iter().map(|t| t.name).chain(functions().iter().map(|f| f.name)).chain(sources);
    let names: Vec<_> = names.collect();
    let near_type = types.and_then(|types| types.near(&name.text));
    if let Some(near) = near_type.filter(|_| nearest(&name.text, names.iter().copied()).is_none()) {
        let message = format!("there is no table, function or type `{}`", name.text);
        return Err(Diagnostic::new(name.span.clone(), message).hint(format!("did you mean `{near}`?")));
    }
    let wrong = unknown(name, "table or function", &names);
    Err(match types.and_then(|types| types.without_names()) {
        Some(hint) if name.text.contains('.') => wrong.hint(hint),
        _ => wrong,
    })
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
    let mut answer = texts(["column", "kind", "what"], &rows.collect::<Vec<_>>());
    let incomplete = description.incomplete.as_deref();
    answer.warnings.extend(incomplete.map(|why| Problem::note(format!("fields of {name}: {why}"))));
    Some(answer)
}

fn unknown(name: &Name, what: &str, names: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(name.span.clone(), format!("there is no {what} `{}`", name.text));
    let near = nearest(&name.text, names.iter().copied());
    match near {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint("`help` lists everything, `tables` the tables"),
    }
}
