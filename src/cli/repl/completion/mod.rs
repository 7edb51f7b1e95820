//! What the word at the cursor can become. What sort of thing fits there is told by [`crate::query::cursor`]; the names
//! come from the catalog, from the types of heaps that are built, and from what the session keeps.

mod fields;
mod names;
mod sigils;
mod sos_words;
mod values;

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::cli::library;
use crate::cli::session::Session;
use crate::query::catalog::{self, FunctionDoc, Keyword};
use crate::query::cursor::{Cursor, NamedSource, Root, Rows, Step, Wanted, cursor};

use super::setting::{SETTINGS, Takes, is_setting, setting_doc};
pub(super) use names::TypeNames;
use names::quoted_if_needed;

/// Candidates that are offered at most. Nobody reads more; and the list of rustyline counts to 65,535.
const MAX_CANDIDATES: usize = 1000;

/// What is to be offered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// These in place of what stands from a byte of the line on to the cursor.
    Words(usize, Vec<String>),
    /// The names of files that go on what stands there.
    Files,
    /// The same, and these for all that stands behind the first word.
    FilesAnd(Vec<String>),
}

/// What names can be taken from.
pub(super) struct Known<'a> {
    session: &'a Session<'a>,
    /// The names of types, sorted when they are first needed.
    types: OnceCell<TypeNames>,
}

impl<'a> Known<'a> {
    pub(super) fn of(session: &'a Session<'a>) -> Known<'a> {
        Known { session, types: OnceCell::new() }
    }

    /// The types of heaps that are built. Never walks a heap: Tab must not take seconds.
    pub(super) fn types(&self) -> Option<&TypeNames> {
        if let Some(names) = self.types.get() {
            return Some(names);
        }
        let snapshots = self.session.snapshots();
        let heaps: Vec<_> = snapshots.iter().filter_map(|s| s.built_heap()).collect();
        let names = heaps.iter().flat_map(|heap| heap.types.all()).map(|t| &t.name).cloned();
        let names = || TypeNames::new(names.collect());
        // Kept once it is whole.
        (heaps.len() == snapshots.len() && !heaps.is_empty()).then(|| self.types.get_or_init(names))
    }

    /// The kept answers.
    fn answers(&self) -> Vec<String> {
        self.session.environment().borrow().answers().map(str::to_owned).collect()
    }

    /// The columns of a kept answer.
    fn answer_columns(&self, name: &str) -> Option<Vec<String>> {
        let environment = self.session.environment().borrow();
        let answer = environment.answer(name)?;
        Some(answer.columns.iter().map(|column| column.name.clone()).collect())
    }
}

/// What the word at `position` of `line` can become.
pub(super) fn complete(line: &str, position: usize, known: &Known<'_>) -> Offer {
    let before = &line[..position];
    if is_setting(before) || before.trim() == "\\" {
        return complete_setting(before, known);
    }
    if let Some((_, typed)) =
        before.trim_start().split_once(' ').filter(|(word, _)| word.eq_ignore_ascii_case("run"))
    {
        return scripts(typed.trim_start());
    }
    if let Some((start, words)) = sos_words::complete(before, known) {
        return Offer::Words(start, words);
    }
    if let Some((start, words)) = sigils::complete(line, position, known) {
        return Offer::Words(start, words);
    }
    let at = cursor(line, position);
    let typed = &before[at.start..];
    let mut words = match &at.quote {
        Some(quote) if quote.text => values::in_quotes(quote, &at, typed, known),
        Some(_) => types(typed, known, TypeNames::matching).into_iter().map(str::to_owned).collect(),
        None => unquoted(&at, typed, known),
    };
    if words.len() > MAX_CANDIDATES {
        // The last stays: what all have in common is not more than what the first and the last have.
        words.drain(MAX_CANDIDATES - 1..words.len() - 1);
    }
    Offer::Words(at.start, words)
}

/// The files that go on `typed`, and the scripts of the library that do.
fn scripts(typed: &str) -> Offer {
    let begins = |name: &&str| !typed.is_empty() && name.starts_with(typed);
    let names = library::entries().iter().map(|entry| entry.name).filter(begins);
    Offer::FilesAnd(names.map(str::to_owned).collect())
}

/// The settings, or the values of one.
fn complete_setting(before: &str, known: &Known<'_>) -> Offer {
    let start = before.rfind([' ', '\\', ':']).map_or(0, |at| at + 1);
    let typed = &before[start..];
    let name = before[..start].trim().trim_start_matches('\\').trim_end_matches(':').trim_end();
    let words: Vec<String> = match setting_doc(name).map(|setting| setting.takes) {
        Some(Takes::Word(words)) => {
            // Behind `\sql` a word of SOS can stand too.
            let of_sos = if name == "sql" { sos_words::starting(typed) } else { Vec::new() };
            words.iter().map(|&word| word.to_owned()).chain(of_sos).collect()
        }
        Some(Takes::File(_)) => return Offer::Files,
        Some(Takes::Script(_)) => return scripts(before.trim_start()[1 + name.len()..].trim_start()),
        Some(Takes::Parameter(_)) => {
            known.session.environment().borrow().parameters().map(str::to_owned).collect()
        }
        None if name.is_empty() => SETTINGS.iter().map(|setting| setting.names[0].to_owned()).collect(),
        _ => Vec::new(),
    };
    Offer::Words(start, words.into_iter().filter(|word| word.starts_with(typed)).collect())
}

/// What can stand where no quote is open: columns and fields first, then functions and tables, then keywords.
fn unquoted(at: &Cursor, typed: &str, known: &Known<'_>) -> Vec<String> {
    if let Some(path) = &at.path {
        return starting(path_members(at, &path.root, &path.steps, known), typed);
    }
    let wants = |wanted| at.wanted.contains(&wanted);
    let mut words: Vec<String> = Vec::new();
    if wants(Wanted::Value) {
        if matches!(at.clause, Some(Keyword::Having | Keyword::Order)) {
            // What the select names itself: `count as n` is ordered by `n`.
            words.extend(at.columns.iter().cloned());
        }
        words.extend(columns(at, known));
        // A condition on rows knows no groups, and keys make them.
        let of_rows = matches!(at.clause, Some(Keyword::Where | Keyword::Group | Keyword::On));
        let fits = |f: &&FunctionDoc| !of_rows || f.is_of_one_row();
        words.extend(catalog::functions().iter().filter(fits).map(|f| format!("{}(", f.name)));
    }
    if wants(Wanted::Source) {
        words.extend(at.named.iter().cloned());
    }
    if wants(Wanted::Source) || wants(Wanted::Described) {
        words.extend(catalog::tables().iter().map(|table| table.name.to_owned()));
        let call = |name: &str| if wants(Wanted::Source) { format!("{name}(") } else { name.to_owned() };
        words.extend(catalog::source_functions().iter().map(|f| call(f.name)));
    }
    if wants(Wanted::Source) || wants(Wanted::Address) {
        words.extend(known.answers());
    }
    if wants(Wanted::HelpWord) {
        words.extend(help_words());
    }
    if wants(Wanted::Described) || wants(Wanted::HelpWord) {
        words.extend(catalog::functions().iter().map(|f| f.name.to_owned()));
    }
    let mut words = starting(words, typed);
    if wants(Wanted::Source) || wants(Wanted::Type) || wants(Wanted::Described) {
        let keywords = at.keywords.iter().any(|keyword| keyword.word().starts_with(&typed.to_lowercase()));
        // `obj` is the beginning of `objects`, not a part of `System.Object`.
        let find = if words.is_empty() && !keywords { TypeNames::matching } else { TypeNames::starting };
        words.extend(spelled(types(typed, known, find), typed));
    }
    let keywords = at.keywords.iter().map(|keyword| in_case_of(typed, keyword.word()).into_owned());
    words.extend(starting(keywords.collect(), typed));
    if wants(Wanted::HelpWord) && !typed.is_empty() {
        words.extend(
            sos_words::starting(typed).into_iter().filter(|word| !words.contains(word)).collect::<Vec<_>>(),
        );
    }
    if at.keywords.contains(&Keyword::Select) && at.start == 0 && !typed.is_empty() {
        // The statements of the language go first; all words of SOS at once would hide them.
        words.extend(sos_words::starting(typed));
    }
    words
}

/// Those of the words that start with what is typed, each once. In whatever case, but where a capital is typed and there
/// are words that have it: `Le` is the field `Legs` then, and not `length`.
fn starting(words: Vec<String>, typed: &str) -> Vec<String> {
    let exactly = typed.contains(char::is_uppercase) && words.iter().any(|word| word.starts_with(typed));
    let lower = typed.to_lowercase();
    let starts = |word: &String| {
        if exactly { word.starts_with(typed) } else { word.to_lowercase().starts_with(&lower) }
    };
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if starts(&word) && !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept
}

/// Names of types as statements spell them. Those that need quotes share no beginning with the others: they are left
/// out while the others agree on more than is typed.
fn spelled(names: Vec<&str>, typed: &str) -> Vec<String> {
    let (quoted, plain): (Vec<String>, Vec<String>) = names
        .into_iter()
        .map(|name| quoted_if_needed(name).into_owned())
        .partition(|name| name.starts_with('"'));
    let common = match (plain.first(), plain.last()) {
        (Some(first), Some(last)) => first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    if common > typed.len() { plain } else { [plain, quoted].concat() }
}

fn types<'k>(
    typed: &str,
    known: &'k Known<'_>,
    find: impl Fn(&'k TypeNames, &str) -> Vec<&'k str>,
) -> Vec<&'k str> {
    // All types of a heap are no help.
    known.types().filter(|_| !typed.is_empty()).map_or_else(Vec::new, |names| find(names, typed))
}

/// The columns of all sources in reach, those of the first source first, and their names.
fn columns(at: &Cursor, known: &Known<'_>) -> Vec<String> {
    let mut words: Vec<String> = at.sources.iter().flat_map(|source| source_columns(source, known)).collect();
    words.extend(at.sources.iter().filter_map(|source| source.alias.clone()));
    words
}

/// The columns of a source: a table's, the fields of a type and what all objects have, a kept answer's, a select's.
fn source_columns(source: &NamedSource, known: &Known<'_>) -> Vec<String> {
    let of_table = |name: &str| {
        let table = catalog::table(name);
        table.map(|table| table.columns.iter().map(|column| column.name.to_owned()).collect::<Vec<_>>())
    };
    match &source.rows {
        Rows::Select(columns) => columns.clone(),
        Rows::Function(name) => {
            let function = catalog::source_functions().iter().find(|f| f.name == name);
            let own = function.map(|f| f.columns).filter(|columns| !columns.is_empty());
            let own = own.map(|columns| columns.iter().map(|column| column.name.to_owned()).collect());
            own.or_else(|| of_table("objects")).unwrap_or_default()
        }
        Rows::Named(name) => of_table(name).or_else(|| known.answer_columns(name)).unwrap_or_else(|| {
            let mut columns = fields(source, name, &[], known);
            columns.extend(of_table("objects").unwrap_or_default());
            columns
        }),
    }
}

/// What can stand behind the last point of a path.
fn path_members(at: &Cursor, root: &Root, steps: &[Step], known: &Known<'_>) -> Vec<String> {
    let first = at.sources.first();
    match root {
        Root::Cast(name) => first.map_or_else(Vec::new, |source| fields(source, name, steps, known)),
        Root::Name(name) => {
            let aliased = |source: &&NamedSource| {
                let own = match &source.rows {
                    Rows::Named(name) | Rows::Function(name) => Some(name),
                    Rows::Select(_) => None,
                };
                source.alias.as_ref().or(own) == Some(name)
            };
            if let Some(source) = at.sources.iter().find(aliased) {
                return match (&source.rows, steps) {
                    (_, []) => source_columns(source, known),
                    (Rows::Named(of), steps) => fields(source, of, steps, known),
                    _ => Vec::new(),
                };
            }
            let this = matches!(name.as_str(), "this" | "address");
            let mut all = if this { Vec::new() } else { vec![Step::Member(name.clone())] };
            all.extend(steps.iter().cloned());
            let of_fields = at.sources.iter().flat_map(|source| match &source.rows {
                Rows::Named(of) => fields(source, of, &all, known),
                _ => Vec::new(),
            });
            let of_fields: Vec<String> = of_fields.collect();
            // `object kept.address`: a column of an answer that bears a name.
            let kept = steps.is_empty() && of_fields.is_empty() && at.clause.is_none();
            kept.then(|| known.answer_columns(name)).flatten().unwrap_or(of_fields)
        }
    }
}

/// The fields that steps from an object of a type lead to, in the dump that the source is of.
fn fields(source: &NamedSource, name: &str, steps: &[Step], known: &Known<'_>) -> Vec<String> {
    let number = source.dump.map_or(0, |number| number as usize - 1);
    let snapshot = known.session.snapshots().get(number);
    snapshot.map_or_else(Vec::new, |snapshot| fields::fields_behind(snapshot, name, steps))
}

/// The words that `help` tells about.
fn help_words() -> impl Iterator<Item = String> {
    let statements = catalog::statements().iter().map(|statement| statement.name);
    let tables = catalog::tables().iter().map(|table| table.name);
    let sources = catalog::source_functions().iter().map(|f| f.name);
    let keywords = catalog::keywords().iter().map(|keyword| keyword.word);
    statements.chain(tables).chain(sources).chain(keywords).map(str::to_owned)
}

/// A keyword in capitals for who types in capitals.
fn in_case_of(typed: &str, keyword: &'static str) -> Cow<'static, str> {
    let capitals = typed.chars().any(char::is_uppercase) && !typed.chars().any(char::is_lowercase);
    if capitals { Cow::Owned(keyword.to_ascii_uppercase()) } else { Cow::Borrowed(keyword) }
}

#[cfg(test)]
mod tests;
