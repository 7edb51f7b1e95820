//! What is written behind a sign: `@2` for a dump, `$3` for an answer and `$3.address` for a column of it, `:min` for a
//! parameter.

use crate::query::cursor::{Wanted, cursor};

use super::{Known, starting};

/// Where the sign or the word behind it begins and what it can become; `None` where no sign stands before the word.
pub(super) fn complete(line: &str, position: usize, known: &Known<'_>) -> Option<(usize, Vec<String>)> {
    let before = &line[..position];
    let typed_from = word_start(before);
    if let Some(answer) = before[..typed_from].strip_suffix('.').and_then(answer_at_end) {
        let columns = known.answer_columns(answer).unwrap_or_default();
        return is_outside_quotes(line, typed_from)
            .then(|| (typed_from, starting(columns, &before[typed_from..])));
    }
    let sign = before[..typed_from].chars().next_back().filter(|sign| matches!(sign, '@' | '$' | ':'))?;
    let start = typed_from - sign.len_utf8();
    let at = cursor(&line[..start], start);
    if at.quote.is_some() {
        return None;
    }
    let wants = |wanted| at.wanted.contains(&wanted);
    let objects = wants(Wanted::Source) || wants(Wanted::Address);
    let words: Vec<String> = match sign {
        '@' if objects => (1..=known.session.snapshots().len()).map(|number| format!("@{number}")).collect(),
        '$' if objects => known.answers(),
        ':' if wants(Wanted::Value) || objects => {
            let environment = known.session.environment().borrow();
            environment.parameters().map(|name| format!(":{name}")).collect()
        }
        _ => Vec::new(),
    };
    Some((start, starting(words, &before[start..])))
}

fn is_outside_quotes(line: &str, position: usize) -> bool {
    cursor(line, position).quote.is_none()
}

/// Where the word at the end of a text begins.
fn word_start(text: &str) -> usize {
    text.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len()
}

/// The numbered answer, perhaps with a row in brackets, that a text ends with.
fn answer_at_end(text: &str) -> Option<&str> {
    let row = text
        .strip_suffix(']')
        .and_then(|text| text.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('['));
    let text = row.unwrap_or(text);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let sign = digits.strip_suffix('$')?;
    (digits.len() < text.len()).then(|| &text[sign.len()..])
}
