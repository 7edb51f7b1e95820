//! The words of SOS and of debuggers, and their switches.

use crate::sos;

use super::names::TypeNames;

/// Where the word at the end of `before` begins and what it can become, where a line of these words is being written:
/// switches behind a hyphen, types behind a switch that takes a type. `None` for all other lines.
pub(super) fn complete(before: &str, types: Option<&TypeNames>) -> Option<(usize, Vec<String>)> {
    let typed = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let start = before.len() - typed.len();
    if let Some(word) = typed.strip_prefix('!').filter(|_| start == 0) {
        let words = all().into_iter().filter(|known| known.starts_with(&word.to_lowercase()));
        return Some((1, words.collect()));
    }
    let mut earlier = before[..start].split_whitespace().map(|word| word.trim_start_matches('!'));
    let first = earlier.next().filter(|_| sos::is_command(before))?;
    let doc = sos::word(first).or_else(|| earlier.next().and_then(sos::word))?;
    let lower = typed.to_lowercase();
    if lower.starts_with('-') {
        let switches = doc.switches.iter().map(|switch| switch.name);
        let fitting = switches.filter(|name| name.to_lowercase().starts_with(&lower)).map(str::to_owned);
        return Some((start, fitting.collect()));
    }
    let last = before[..start].split_whitespace().next_back().unwrap_or_default();
    let takes_type = last.eq_ignore_ascii_case("-type") || doc.word == "name2ee";
    let names = types.filter(|_| takes_type && !typed.is_empty());
    let names = names.map_or_else(Vec::new, |types| types.matching(typed));
    Some((start, names.into_iter().filter(|name| !name.contains(' ')).map(str::to_owned).collect()))
}

/// All words, each in its first spelling.
pub(super) fn all() -> Vec<String> {
    let mut words: Vec<String> = sos::words().map(|doc| doc.word.to_owned()).collect();
    words.dedup();
    words
}
