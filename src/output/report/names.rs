//! Names of types, roots and dumps as a report shows them where there is no room for the whole.

use std::borrow::Cow;

use crate::diff::Way;
use crate::diff::profile::{DumpFacts, RootGroup};
use crate::output::sanitize::sanitize;
pub(super) use crate::output::short_names::{short as short_type, short_member};
use crate::output::shorten_middle;

/// A root as a person says it: `static Controller.p`, `pinned handle`.
pub(super) fn root(kind: &str, name: Option<&str>) -> String {
    let kind = kind.replace('_', " ");
    match name {
        Some(name) if name.starts_with(&kind) => name.to_owned(),
        Some(name) => format!("{kind} {name}"),
        None => kind,
    }
}

/// The root of a way, without namespaces.
pub(super) fn short_root_of(way: &Way) -> String {
    root(&way.root_kind, way.root_name.as_deref().map(short_member).as_deref())
}

/// The roots of a group, with namespaces.
pub(super) fn root_of(group: &RootGroup) -> String {
    root(&group.kind, group.name.as_deref())
}

/// Short names for the dumps that tell them apart: their files without ending and without what all names begin with, with
/// their position where two are called the same.
pub(super) fn dump_labels(dumps: &[&DumpFacts]) -> Vec<String> {
    let stems: Vec<&str> = dumps.iter().map(|dump| stem(&dump.file)).collect();
    let shared = shared_start(&stems);
    let stems: Vec<&str> = stems.iter().map(|stem| &stem[shared..]).collect();
    let label = |(at, stem): (usize, &&str)| {
        let alone = stems.iter().filter(|other| *other == stem).count() == 1;
        if alone && !stem.is_empty() {
            (*stem).to_owned()
        } else {
            format!("{stem} #{}", at + 1).trim().to_owned()
        }
    };
    stems.iter().enumerate().map(label).collect()
}

/// How many bytes all names begin with in common, up to the last sign that parts words; 0 when a name would be left empty.
fn shared_start(names: &[&str]) -> usize {
    let [first, others @ ..] = names else { return 0 };
    if others.is_empty() {
        return 0;
    }
    let ends = first
        .char_indices()
        .filter(|(_, c)| matches!(c, '-' | '_' | '.' | ' '))
        .map(|(at, c)| at + c.len_utf8());
    let shared =
        |end: &usize| names.iter().all(|name| name.len() > *end && name.get(..*end) == first.get(..*end));
    ends.filter(shared).max().unwrap_or_default()
}

fn stem(file: &str) -> &str {
    const ENDINGS: [&str; 6] = [".zst", ".gz", ".core", ".dmp", ".dump", ".json"];
    let mut stem = file;
    for ending in ENDINGS {
        stem = stem.strip_suffix(ending).filter(|rest| !rest.is_empty()).unwrap_or(stem);
    }
    stem
}

/// A text of a dump, harmless to show, in at most `width` columns: what is longer loses its middle.
pub(super) fn shown(text: &str, width: usize) -> String {
    // What is far too long is cut before it is looked at closely: a name may have megabytes.
    let ample = width.saturating_mul(8);
    let cut =
        if text.len() > ample.saturating_mul(2) { cut_middle(text, ample) } else { Cow::Borrowed(text) };
    shorten_middle(&sanitize(&cut), width).into_owned()
}

/// The first and the last `bytes` of a text, or a little less of each.
fn cut_middle(text: &str, bytes: usize) -> Cow<'_, str> {
    let head = text.floor_char_boundary(bytes);
    let tail = text.ceil_char_boundary(text.len() - bytes);
    Cow::Owned([&text[..head], "…", &text[tail..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_said_once() {
        assert_eq!(root("pinned_handle", None), "pinned handle");
        assert_eq!(root("static", Some("Diag.p")), "static Diag.p");
        assert_eq!(root("thread", Some("thread 7")), "thread 7");
    }

    #[test]
    fn labels_tell_dumps_apart() {
        let dump = |file: &str| DumpFacts { file: file.into(), ..DumpFacts::default() };
        let (a, b, c) = (dump("web-t0.core.zst"), dump("app.core"), dump("app.dmp"));
        assert_eq!(dump_labels(&[&a, &b]), ["web-t0", "app"]);
        assert_eq!(dump_labels(&[&a]), ["web-t0"]);
        assert_eq!(dump_labels(&[&a, &dump("web-t1.core.gz")]), ["t0", "t1"]);
        assert_eq!(dump_labels(&[&dump("web-.core"), &a]), ["web-", "web-t0"]);
        assert_eq!(dump_labels(&[&b, &c, &dump("")]), ["app #1", "app #2", "#3"]);
    }

    #[test]
    fn megabytes_of_a_name_are_cut() {
        let long = format!("Start{}End", "犬".repeat(1_000_000));
        let text = shown(&long, 40);
        assert!(text.starts_with("Start") && text.ends_with("End") && text.chars().count() <= 40, "{text}");
        assert_eq!(shown("a\u{202e}b", 40), "a\\u202eb");
    }
}
