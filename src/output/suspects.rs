//! What looks like a leak: as text for people, and as the document of programs.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::escaped_json;
use super::format::{Document, Screen};
use super::json::write_with_members;
use super::sanitize::sanitize;
use crate::diff::leaks::{Suspect, nothing_found};
use crate::diff::{Way, WayStep};
use crate::units::grouped;

/// Columns of a line where nothing tells how many there are.
const WIDTH: usize = 110;

/// Blanks before what belongs to a suspect.
const INDENT: &str = "     ";

/// Ways of a suspect that are shown.
const WAYS: usize = 2;

/// Steps of a way that are shown, and how many of them are its first.
const SHOWN_STEPS: usize = 7;
const SHOWN_FIRST: usize = 2;

/// Writes suspects for people: a headline each, why, what the score is made of, who holds them, and what to ask next.
///
/// # Errors
/// Those of `out`.
pub fn write_suspects(suspects: &[Suspect], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let width = screen.width.unwrap_or(WIDTH);
    if suspects.is_empty() {
        return out.write_all(wrapped(&nothing_found(), "", "", width).as_bytes());
    }
    for (at, suspect) in suspects.iter().enumerate() {
        if at > 0 {
            out.write_all(b"\n")?;
        }
        out.write_all(told(suspect, width).as_bytes())?;
    }
    Ok(())
}

/// Writes the document of an answer with the suspects themselves behind its columns, as `suspects`.
///
/// # Errors
/// Those of `out`.
pub fn write_suspects_json(
    document: &Document<'_>,
    suspects: &[Suspect],
    out: &mut dyn Write,
) -> io::Result<()> {
    write_with_members(document, &[("suspects", escaped_json::line(suspects)?)], out)
}

fn told(suspect: &Suspect, width: usize) -> String {
    let mut text = wrapped(&suspect.subject, &format!("{:>3}  ", suspect.score), INDENT, width);
    text.push_str(&wrapped(&suspect.reason, INDENT, INDENT, width));
    for way in suspect.ways.iter().take(WAYS) {
        text.push_str(&wrapped(
            &way_text(way),
            &format!("{INDENT}held by "),
            &format!("{INDENT}        "),
            width,
        ));
    }
    let rest = suspect.ways.len().saturating_sub(WAYS);
    if rest > 0 {
        let noun = if rest == 1 { "way" } else { "ways" };
        text.push_str(&format!("{INDENT}        and by {rest} other {noun}\n"));
    }
    for evidence in &suspect.evidence {
        let points = format!("{INDENT}{:>+4}  ", evidence.points);
        text.push_str(&wrapped(&evidence.what, &points, &format!("{INDENT}      "), width));
    }
    if let Some(next) = &suspect.next {
        // A statement is to be copied: it is never broken.
        text.push_str(&format!("{INDENT}next: {}\n", sanitize(next)));
    }
    text
}

/// A way in one line: the root, then types and fields with arrows, and how many objects hang on it.
///
/// Arrays and what a collection is made of inside are left out, and names are short: who wants all of it asks the statement
/// that is given.
fn way_text(way: &Way) -> String {
    let kind = way.root_kind.replace('_', " ");
    let root = way.root_name.as_ref().map_or_else(|| kind.clone(), |name| format!("{kind} {name}"));
    let last = way.steps.len().saturating_sub(1);
    let mut shown: Vec<&WayStep> = Vec::new();
    for (at, step) in way.steps.iter().enumerate() {
        let is_array = step.type_name.ends_with(']');
        let is_inner = shown.last().is_some_and(|outer| is_nested(&step.type_name, &outer.type_name));
        if at == last || !(is_array || is_inner) {
            shown.push(step);
        }
    }
    let left_out = shown.len().saturating_sub(SHOWN_STEPS);
    let mut parts = vec![root];
    for (at, step) in shown.iter().enumerate() {
        if at == SHOWN_FIRST && left_out > 0 {
            parts.push(format!("… {left_out} more …"));
        }
        if at < SHOWN_FIRST || at >= SHOWN_FIRST + left_out {
            parts.push(step_text(step, at + 1 < shown.len()));
        }
    }
    let counts: Vec<String> =
        (0..way.counts.len()).map(|at| way.known_count(at).map_or_else(|| "?".to_owned(), grouped)).collect();
    format!("{} ({})", parts.join(" -> "), counts.join(", "))
}

/// A step, with the field by which it goes on unless that is an element.
fn step_text(step: &WayStep, goes_on: bool) -> String {
    let field = step.field.as_deref().filter(|field| goes_on && !field.starts_with(['[', '(', '+']));
    let field = field.map(|field| format!(".{field}")).unwrap_or_default();
    let again = if step.repeats { " (and so on)" } else { "" };
    format!("{}{field}{again}", short_name(&step.type_name))
}

/// Whether a type is nested in another: a node in a collection.
fn is_nested(name: &str, outer: &str) -> bool {
    name.strip_prefix(outer).is_some_and(|rest| rest.starts_with('+'))
}

/// A type's name without namespaces: `List<Order>`.
fn short_name(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut word = 0;
    for c in name.chars() {
        match c {
            '.' => short.truncate(word),
            '<' | '>' | ',' | ' ' | '[' | ']' | '+' => {
                short.push(c);
                word = short.len();
            }
            _ => short.push(c),
        }
    }
    short
}

/// Text broken into lines at blanks, each but a single long word within `width`; `first` stands before the first line,
/// `others` before all others.
fn wrapped(text: &str, first: &str, others: &str, width: usize) -> String {
    let text = sanitize(text);
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.width() + 1 + word.width() > width {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = others.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::leaks::Evidence;

    fn suspect() -> Suspect {
        let step = |type_name: &str, field: Option<&str>| WayStep {
            type_name: type_name.to_owned(),
            field: field.map(str::to_owned),
            repeats: false,
        };
        let way = Way {
            root_kind: "static".to_owned(),
            root_name: Some("Shop.Cache.all".to_owned()),
            steps: vec![
                step("System.Collections.Generic.List<Shop.Order>", Some("_items")),
                step("Shop.Order[]", Some("[]")),
                step("Shop.Order", None),
            ],
            owner: Some(0),
            counts: vec![10, 20],
            sizes: vec![240, 480],
            not_kept: Vec::new(),
        };
        Suspect {
            subject: "Shop.Order\u{1b}[31m".to_owned(),
            score: 42,
            reason: "10 more objects".to_owned(),
            evidence: vec![
                Evidence { what: "grew".to_owned(), points: 52 },
                Evidence { what: "small".to_owned(), points: -10 },
            ],
            ways: vec![way],
            next: Some("paths to Shop.Order".to_owned()),
            ..Suspect::default()
        }
    }

    fn written(suspects: &[Suspect]) -> String {
        let mut out = Vec::new();
        write_suspects(suspects, Screen::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_suspect_has_a_headline_reasons_a_way_and_a_statement() {
        assert_eq!(
            written(&[suspect()]),
            " 42  Shop.Order\\u001b[31m\n     \
             10 more objects\n     \
             held by static Shop.Cache.all -> List<Order>._items -> Order (10, 20)\n      \
             +52  grew\n      \
             -10  small\n     \
             next: paths to Shop.Order\n"
        );
    }

    #[test]
    fn where_there_is_none_it_is_told_what_was_looked_at() {
        let text = written(&[]);
        assert!(text.starts_with("nothing looks like a leak; looked at events"), "{text}");
        assert!(text.lines().all(|line| line.width() <= WIDTH), "{text}");
    }

    #[test]
    fn long_ways_show_their_ends() {
        let mut long = suspect();
        let step = long.ways[0].steps[0].clone();
        let named = |at: usize| WayStep { type_name: format!("Shop.Step{at}"), ..step.clone() };
        long.ways[0].steps = (0..12).map(named).collect();
        let text = way_text(&long.ways[0]);
        assert!(text.contains("Step1._items -> … 5 more … -> Step7._items"), "{text}");
    }

    #[test]
    fn names_lose_their_namespaces_only() {
        assert_eq!(short_name("System.Func<Shop.Order, Shop.Line[]>+<>c"), "Func<Order, Line[]>+<>c");
        assert_eq!(short_name("Shop.Cart+<Pay>d__6"), "Cart+<Pay>d__6");
    }

    #[test]
    fn the_document_holds_the_suspects_too() {
        let answer = crate::diff::leaks::answer(&[suspect()], 2);
        let document = Document { answer: &answer, dumps: &[], problems: &[], prose: false };
        let mut out = Vec::new();
        write_suspects_json(&document, &[suspect()], &mut out).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["rows"].as_array().map(Vec::len), Some(1));
        assert_eq!(read["suspects"][0]["evidence"][1]["points"], -10);
        assert_eq!(read["suspects"][0]["ways"][0]["steps"][2]["type"], "Shop.Order");
    }
}
