//! The statement `survivors of TYPE`.

use std::collections::BTreeSet;

use super::{Fate, Reason, Survival, Untold, fate};
use crate::clr::type_system::TypeSystem;
use crate::graph::{Snapshot, TypeInfo};
use crate::problem::Problem;
use crate::query::{Answer, AnswerColumn, Diagnostic, Kind, QueryError, RunOptions, Span, ValueRef, nearest};

/// A row of the answer.
struct Row<'a> {
    type_name: &'a str,
    survival: &'a Survival,
}

/// What became of the objects of a type, which is given by its name and the name's place in the statement, and of those
/// that derive from it, where they are meant too: a row for each type and pair of successive dumps, then for each
/// earlier dump and the last.
///
/// # Errors
/// No dump has objects of such a type; a dump has no heap; it was stopped.
pub fn survivors(
    snapshots: &[Snapshot],
    (name, span): (&str, &Span),
    subclasses: bool,
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let dumps: Vec<&Snapshot> = snapshots.iter().collect();
    let names = type_names(&dumps, name, subclasses, options)?;
    if names.is_empty() {
        return Err(no_objects(&dumps, name, span, options)?.into());
    }
    let fates = names.iter().map(|name| Ok((name.as_str(), fate(&dumps, name, None, options)?)));
    Ok(answer(&fates.collect::<Result<Vec<(&str, Fate)>, QueryError>>()?))
}

/// The names of the types of that name that have objects in any dump, and of those that derive from it or implement it.
fn type_names(
    dumps: &[&Snapshot],
    name: &str,
    subclasses: bool,
    options: &RunOptions<'_>,
) -> Result<BTreeSet<String>, QueryError> {
    let mut names = BTreeSet::new();
    for dump in dumps {
        let types = dump.heap(options.progress)?.types.all();
        let system = dump.values.as_ref().map(|values| values.types()).filter(|_| subclasses);
        let bearers = system.map(|system| system.named(name)).unwrap_or_default();
        let is_one = |of: &&TypeInfo| {
            let derives = |system: &TypeSystem| {
                let mt = of.method_table;
                bearers.iter().any(|&of| system.derives_from(mt, of) || system.implements(mt, of))
            };
            &*of.name == name || system.is_some_and(derives)
        };
        names.extend(types.iter().filter(is_one).map(|of| of.name.to_string()));
    }
    Ok(names)
}

/// The error of a type of which no dump has objects, with the name that was meant perhaps.
fn no_objects(
    dumps: &[&Snapshot],
    name: &str,
    span: &Span,
    options: &RunOptions<'_>,
) -> Result<Diagnostic, QueryError> {
    let mut names: Vec<&str> = Vec::new();
    for dump in dumps {
        names.extend(dump.heap(options.progress)?.types.all().iter().map(|of| &*of.name));
    }
    let ends_so = |full: &&str| full.strip_suffix(name).is_some_and(|before| before.ends_with(['.', '+']));
    let near = nearest(name, names.iter().copied());
    let near = near.or_else(|| names.iter().copied().find(ends_so));
    let diagnostic = Diagnostic::new(span.clone(), format!("no dump has objects of a type called `{name}`"));
    Ok(match near {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic,
    })
}

/// The answer that tells fates of types.
pub fn answer(fates: &[(&str, Fate)]) -> Answer {
    let rows: Vec<Row<'_>> = fates
        .iter()
        .flat_map(|(type_name, fate)| {
            fate.steps.iter().chain(&fate.to_last).map(|survival| Row { type_name, survival })
        })
        .collect();
    let warnings = fates.iter().flat_map(|(name, fate)| warnings(name, fate)).collect();
    let column = |name: &str, kind, of: for<'r> fn(&'r Row<'_>) -> ValueRef<'r>| {
        AnswerColumn::new(name, kind, rows.iter().map(of))
    };
    let number = |name: &str, of: for<'r> fn(&'r Row<'_>) -> ValueRef<'r>| column(name, Kind::Integer, of);
    let columns = vec![
        column("type", Kind::Text, |row| ValueRef::Text(row.type_name)),
        number("from", |row| ValueRef::Integer(row.survival.from.into())),
        number("to", |row| ValueRef::Integer(row.survival.to.into())),
        number("before", |row| ValueRef::Integer((row.survival.survived + row.survival.died).into())),
        number("after", |row| ValueRef::Integer((row.survival.survived + row.survival.born).into())),
        number("survived", |row| ValueRef::Integer(row.survival.survived.into())),
        number("born", |row| ValueRef::Integer(row.survival.born.into())),
        number("died", |row| ValueRef::Integer(row.survival.died.into())),
        column("confidence", Kind::Real, |row| ValueRef::Real(row.survival.confidence)),
        column("by", Kind::Text, |row| ValueRef::Text(&row.survival.by)),
    ];
    Answer { columns, warnings, ..Answer::default() }
}

fn warnings(name: &str, fate: &Fate) -> Vec<Problem> {
    let untold = fate.untold.iter().map(|Untold { from, to, reason }| {
        Problem::note(match reason {
            Reason::Alike => format!(
                "which of the objects of {name} in @{from} are in @{to} is not known: they hold nothing that tells one \
                 from another, and do not lie where they lay"
            ),
            Reason::OtherRun => {
                format!("@{from} and @{to} are of different runs of the program, and no object outlives its process")
            }
        })
    });
    let unreadable = fate.steps.iter().filter(|step| step.unreadable > 0).map(|step| {
        Problem::note(format!(
            "what tells {} of the objects of {name} in @{} and @{} is not in the dumps; they count as died or born",
            step.unreadable, step.from, step.to
        ))
    });
    untold.chain(unreadable).collect()
}
