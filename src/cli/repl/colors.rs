//! The colours of a line that is being typed: keywords, functions, tables and types, texts, numbers, comments; what
//! closes nothing or is not closed, and the parenthesis that belongs to the one at the cursor.

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use crate::query::catalog;
use crate::query::cursor::{Piece, pieces};

use crate::sos::is_command;

use super::setting::is_setting;

const KEYWORD: Style = AnsiColor::Cyan.on_default().bold();
const FUNCTION: Style = AnsiColor::Cyan.on_default();
const SOURCE: Style = AnsiColor::Blue.on_default().bold();
const TEXT: Style = AnsiColor::Green.on_default();
const NUMBER: Style = AnsiColor::Yellow.on_default();
const ADDRESS: Style = AnsiColor::Magenta.on_default();
const COMMENT: Style = Style::new().dimmed();
const SETTING: Style = AnsiColor::Cyan.on_default();
const WRONG: Style = AnsiColor::Red.on_default().bold().underline();
const MATCHING: Style = Style::new().bold().underline();

/// The style of hints.
pub(super) const HINT: Style = AnsiColor::BrightBlack.on_default();

/// The line with its colours; `is_type` says which names are those of types.
pub(super) fn colored(line: &str, position: usize, is_type: impl Fn(&str) -> bool) -> String {
    if is_setting(line) {
        return format!("{SETTING}{line}{SETTING:#}");
    }
    if is_command(line) {
        let word = line.len() - line.trim_start().len()..;
        let end = line[word.clone()].find(char::is_whitespace).map_or(line.len(), |at| word.start + at);
        return paint(line, &[(word.start..end, KEYWORD)]);
    }
    let pieces = pieces(line);
    let brackets = Brackets::of(line, &pieces, position);
    let mut styled: Vec<(Range<usize>, Style)> = Vec::new();
    let mut at = 0;
    while let Some((span, piece)) = pieces.get(at) {
        if let Some(end) = dotted_name(line, &pieces, at).filter(|end| is_type(&line[span.start..*end])) {
            styled.push((span.start..end, SOURCE));
            at += pieces[at..].iter().take_while(|(span, _)| span.start < end).count();
            continue;
        }
        if let Some(style) = brackets.style(span).or_else(|| style(line, &pieces, at, *piece)) {
            styled.push((span.clone(), style));
        }
        at += 1;
    }
    paint(line, &styled)
}

fn style(line: &str, pieces: &[(Range<usize>, Piece)], at: usize, piece: Piece) -> Option<Style> {
    let word = &line[pieces[at].0.clone()];
    let called = || line[pieces[at].0.end..].starts_with('(');
    match piece {
        Piece::Keyword => Some(KEYWORD),
        Piece::Name if called() => {
            let source = catalog::source_functions().iter().any(|f| f.name == word);
            (source || catalog::function(word).is_some()).then_some(FUNCTION)
        }
        Piece::Name => catalog::table(word).map(|_| SOURCE),
        Piece::Text | Piece::OpenText => Some(TEXT),
        Piece::Number => Some(NUMBER),
        Piece::Address => Some(ADDRESS),
        Piece::Comment => Some(COMMENT),
        Piece::Symbol | Piece::QuotedName => None,
    }
}

/// Where the name of a type ends that may begin at a piece: words with points and pluses between them.
fn dotted_name(line: &str, pieces: &[(Range<usize>, Piece)], at: usize) -> Option<usize> {
    let is_name = |piece: &Piece| matches!(piece, Piece::Name | Piece::Keyword);
    let (first, _) = pieces.get(at).filter(|(_, piece)| is_name(piece))?;
    let mut end = first.end;
    for pair in pieces[at + 1..].chunks(2) {
        match pair {
            [(point, Piece::Symbol), (word, piece)]
                if point.start == end
                    && matches!(&line[point.clone()], "." | "+")
                    && word.start == point.end
                    && is_name(piece) =>
            {
                end = word.end;
            }
            _ => break,
        }
    }
    (end > first.end).then_some(end)
}

/// The brackets of a line.
struct Brackets {
    /// Those that close nothing.
    wrong: Vec<usize>,
    /// The pair of which one is at the cursor.
    pair: Option<(usize, usize)>,
}

impl Brackets {
    fn of(line: &str, pieces: &[(Range<usize>, Piece)], position: usize) -> Brackets {
        let (mut open, mut wrong, mut pair) = (Vec::new(), Vec::new(), None);
        for (span, _) in pieces.iter().filter(|(_, piece)| *piece == Piece::Symbol) {
            let closes = match &line[span.clone()] {
                symbol @ ("(" | "[") => {
                    open.push((span.start, if symbol == "(" { ")" } else { "]" }));
                    continue;
                }
                symbol @ (")" | "]") => symbol,
                _ => continue,
            };
            match open.pop() {
                Some((start, wanted)) if wanted == closes => {
                    // The one under the cursor, or the one that was typed last.
                    if [start, span.start, start + 1, span.end].contains(&position) {
                        pair = Some((start, span.start));
                    }
                }
                Some(other) => {
                    open.push(other);
                    wrong.push(span.start);
                }
                None => wrong.push(span.start),
            }
        }
        Brackets { wrong, pair }
    }

    fn style(&self, span: &Range<usize>) -> Option<Style> {
        let in_pair = self.pair.is_some_and(|(open, close)| [open, close].contains(&span.start));
        match self.wrong.contains(&span.start) {
            true => Some(WRONG),
            false => in_pair.then_some(MATCHING),
        }
    }
}

fn paint(line: &str, styled: &[(Range<usize>, Style)]) -> String {
    let mut text = String::with_capacity(line.len() + 16 * styled.len());
    let mut at = 0;
    for (span, style) in styled {
        let painted = &line[span.clone()];
        write!(text, "{}{style}{painted}{style:#}", &line[at..span.start]).expect("a String takes all");
        at = span.end;
    }
    text.push_str(&line[at..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The parts of a line that are of a style, the cursor being at its start.
    fn painted(line: &str, style: Style) -> Vec<String> {
        painted_at(line, line.len() + 1, style)
    }

    fn painted_at(line: &str, position: usize, style: Style) -> Vec<String> {
        let text = colored(line, position, |name| name == "Zoo.Dog");
        let (begin, end) = (style.to_string(), format!("{style:#}"));
        text.split(&begin).skip(1).map(|part| part.split(&end).next().unwrap().to_owned()).collect()
    }

    /// The text without its colours.
    fn plain(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    const LINE: &str = "select lower(Name), 1kb from Zoo.Dog where 'a' = \"b\" and x = 0x1f -- why";

    #[test]
    fn each_sort_of_word_has_its_colour() {
        assert_eq!(painted(LINE, KEYWORD), ["select", "from", "where", "and"]);
        assert_eq!(painted(LINE, TEXT), ["'a'"]);
        assert_eq!(painted(LINE, NUMBER), ["1kb"]);
        assert_eq!(painted(LINE, ADDRESS), ["0x1f"]);
        assert_eq!(painted(LINE, SOURCE), ["Zoo.Dog"]);
        assert_eq!(painted(LINE, COMMENT), ["-- why"]);
        assert_eq!(painted("from objects", SOURCE), ["objects"]);
        assert_eq!(painted("select 'open", TEXT), ["'open"]);
    }

    #[test]
    fn a_bracket_that_closes_nothing_is_marked() {
        assert_eq!(painted("select (1))", WRONG), [")"]);
        assert_eq!(painted("select (1]", WRONG), ["]"]);
        assert!(painted("select ((1)", WRONG).is_empty(), "one that is open is being typed");
        assert!(painted("select '('", WRONG).is_empty());
    }

    #[test]
    fn the_bracket_that_belongs_to_the_one_at_the_cursor_is_marked() {
        assert_eq!(painted_at("f((1) + 2)", 10, MATCHING), ["(", ")"]);
        assert_eq!(painted_at("f((1) + 2)", 2, MATCHING).len(), 2);
        assert!(painted_at("f((1) + 2)", 8, MATCHING).is_empty());
    }

    #[test]
    fn words_of_sos_are_keywords() {
        assert_eq!(painted(" dumpheap -stat", KEYWORD), ["dumpheap"]);
    }

    #[test]
    fn settings_are_no_statements() {
        assert_eq!(painted("\\format json", SETTING), ["\\format json"]);
    }

    proptest! {
        #[test]
        fn colours_change_no_character(line in "[a-z'\"()\\[\\] .,0-9é@+-]{0,40}", position in 0_usize..40) {
            prop_assert_eq!(plain(&colored(&line, position, |_| true)), line);
        }
    }
}
