//! Text to tokens: words, names, numbers, texts, symbols; comments and white space are left out.
//!
//! Also where one statement of a script ends and the next begins, since only the lexer knows
//! what is a quote and what is a comment.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Span};
use crate::units::SIZE_UNITS;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands in the statement.
    pub span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    /// A keyword or a name: the parser knows which, by its place.
    Word(String),
    /// A name in double quotes, without them.
    Quoted(String),
    /// A text in single quotes, without them.
    Text(String),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction or an exponent.
    Real(f64),
    /// A number of bytes: a number with a unit.
    Size(u64),
    /// A number in hexadecimal.
    Address(u64),
    /// `@` and the number of a dump.
    Dump(u32),
    /// `:` and the name of a parameter.
    Parameter(String),
    /// `$` and the number of an answer.
    Result(u32),
    /// Punctuation or an operator.
    Symbol(&'static str),
}

/// All symbols, longer ones before those that they begin with.
pub const SYMBOLS: &[&str] = &[
    "||", "<>", "!=", "<=", ">=", "=", "<", ">", "~", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".",
    ";",
];

/// Splits a statement into tokens.
pub fn tokens(text: &str) -> Result<Vec<Token>, Diagnostic> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

/// The tokens of a text that is still being written: what makes no token is left out, and so is a quote that is still
/// open, with all that follows it; the byte at which it opens is the second value.
pub fn tokens_so_far(text: &str) -> (Vec<Token>, Option<usize>) {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        match lexer.next() {
            Ok(Some(token)) => tokens.push(token),
            Ok(None) => return (tokens, None),
            Err(wrong) => {
                let first = lexer.rest().chars().next().unwrap_or_default();
                if matches!(first, '\'' | '"') && !quoted(lexer.rest(), first).1 {
                    return (tokens, Some(lexer.at));
                }
                // A mistake is never an empty place: this goes on.
                lexer.at = wrong.span.end.max(lexer.at);
            }
        }
    }
}

/// Where the statements of a script stand: separated by `;` outside of quotes and comments.
/// Statements with nothing but white space and comments are left out.
pub fn split_statements(text: &str) -> Vec<Range<usize>> {
    let mut statements = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut empty = true;
    while let Some(c) = text[at..].chars().next() {
        let skipped = blank(&text[at..]);
        if skipped > 0 {
            at += skipped;
            continue;
        }
        if c == ';' {
            if !empty {
                statements.push(start..at);
            }
            at += 1;
            (start, empty) = (at, true);
            continue;
        }
        if empty {
            (start, empty) = (at, false);
        }
        at += if matches!(c, '\'' | '"') { quoted(&text[at..], c).0 } else { c.len_utf8() };
    }
    if !empty {
        statements.push(start..at);
    }
    for range in &mut statements {
        range.end = range.start + text[range.clone()].trim_end().len();
    }
    statements
}

/// Whether a statement goes on in the next line: a parenthesis, a bracket or a quote is still open.
pub fn is_incomplete(text: &str) -> bool {
    let mut open = 0_i64;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let skipped = blank(&text[at..]);
        if skipped > 0 {
            at += skipped;
            continue;
        }
        match c {
            '\'' | '"' => {
                let (length, closed) = quoted(&text[at..], c);
                if !closed {
                    return true;
                }
                at += length;
                continue;
            }
            '(' | '[' => open += 1,
            ')' | ']' => open -= 1,
            _ => {}
        }
        at += c.len_utf8();
    }
    open > 0
}

/// How many bytes at the start of `text` are white space or one comment.
pub fn blank(text: &str) -> usize {
    if text.starts_with("--") {
        return text.find('\n').unwrap_or(text.len());
    }
    text.len() - text.trim_start().len()
}

/// How many bytes the quoted part at the start of `text` has, quotes included, and whether it is closed.
/// A doubled quote stands for one.
pub fn quoted(text: &str, quote: char) -> (usize, bool) {
    let mut at = 1;
    while let Some(found) = text[at..].find(quote) {
        at += found + 1;
        if !text[at..].starts_with(quote) {
            return (at, true);
        }
        at += 1;
    }
    (text.len(), false)
}

fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Option<Token>, Diagnostic> {
        loop {
            let skipped = blank(self.rest());
            if skipped == 0 {
                break;
            }
            self.at += skipped;
        }
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let start = self.at;
        let kind = match first {
            '\'' => TokenKind::Text(self.quoted('\'', "text")?),
            '"' => TokenKind::Quoted(self.quoted('"', "name")?),
            '@' => TokenKind::Dump(self.numbered("a dump")?),
            '$' => TokenKind::Result(self.numbered("an answer")?),
            ':' => self.parameter()?,
            c if c.is_ascii_digit() => self.number()?,
            c if is_word_start(c) => TokenKind::Word(self.take_while(is_word_part).to_owned()),
            c => self.symbol(c)?,
        };
        Ok(Some(Token { kind, span: start..self.at }))
    }

    fn take_while(&mut self, part: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        let length = self.rest().find(|c| !part(c)).unwrap_or(self.rest().len());
        self.at += length;
        &self.text[start..self.at]
    }

    fn quoted(&mut self, quote: char, what: &str) -> Result<String, Diagnostic> {
        let (length, closed) = quoted(self.rest(), quote);
        if !closed {
            return Err(Diagnostic::new(
                self.at..self.text.len(),
                format!("the {what} has no closing quote"),
            )
            .expected(format!("`{quote}` at its end"))
            .hint(format!("a quote within a {what} is written twice: {quote}{quote}")));
        }
        let inner = &self.rest()[1..length - 1];
        let doubled: String = [quote, quote].iter().collect();
        let value = inner.replace(&doubled, quote.encode_utf8(&mut [0; 4]));
        if value.is_empty() && quote == '"' {
            return Err(Diagnostic::new(self.at..self.at + length, "the name is empty"));
        }
        self.at += length;
        Ok(value)
    }

    /// A number from 1 on, behind the character that says of what.
    fn numbered(&mut self, what: &str) -> Result<u32, Diagnostic> {
        let start = self.at;
        self.at += 1;
        let number = self.take_while(|c| c.is_ascii_digit()).parse::<u32>().ok().filter(|&n| n > 0);
        let sign = &self.text[start..start + 1];
        number.ok_or_else(|| {
            Diagnostic::new(start..self.at, format!("`{sign}` without the number of {what}"))
                .expected(format!("`{sign}1`, `{sign}2`, ..."))
        })
    }

    fn parameter(&mut self) -> Result<TokenKind, Diagnostic> {
        let start = self.at;
        self.at += 1;
        if !self.rest().starts_with(is_word_start) {
            let diagnostic = Diagnostic::new(start..self.at, "`:` without the name of a parameter")
                .expected("`:name`, with nothing in between");
            return Err(match self.rest().starts_with(':') {
                true => diagnostic.hint("`to_number(x)` and `text(x)` make other sorts of values"),
                false => diagnostic,
            });
        }
        Ok(TokenKind::Parameter(self.take_while(is_word_part).to_owned()))
    }

    fn symbol(&mut self, first: char) -> Result<TokenKind, Diagnostic> {
        let found = SYMBOLS.iter().find(|s| self.rest().starts_with(**s));
        let Some(symbol) = found else {
            let span = self.at..self.at + first.len_utf8();
            let d = Diagnostic::new(span, format!("the character `{}` means nothing here", shown(first)));
            return Err(match first {
                '|' => d.hint("`or` is one of two conditions, `||` joins texts"),
                '&' => d.hint("`and` joins conditions"),
                '`' => d.hint("names with special characters stand in double quotes"),
                '!' if self.at == 0 => d.hint("words of SOS stand without `!`"),
                '\\' => d.hint("settings such as `\\format json` are for the prompt: `heapql DUMP...`"),
                '#' | '{' => d.hint("`--` begins a comment"),
                '?' => d.hint("a parameter is written `:name`"),
                '!' => d.hint("`not` negates, `!=` is unequal"),
                '‘' | '’' | '“' | '”' => d.hint("text stands in straight quotes: '...'"),
                _ => d,
            });
        };
        self.at += symbol.len();
        Ok(TokenKind::Symbol(symbol))
    }

    fn number(&mut self) -> Result<TokenKind, Diagnostic> {
        let start = self.at;
        if self.rest().starts_with("0x") || self.rest().starts_with("0X") {
            return self.address();
        }
        self.take_while(|c| c.is_ascii_digit());
        let mut whole = true;
        if fraction_follows(self.rest(), '.') {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
            whole = false;
        }
        let exponent = ["e", "e+", "e-", "E", "E+", "E-"];
        let exponent = exponent.iter().find(|e| {
            self.rest().strip_prefix(**e).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()))
        });
        if let Some(exponent) = exponent {
            self.at += exponent.len();
            self.take_while(|c| c.is_ascii_digit());
            whole = false;
        }
        let digits = self.text[start..self.at].to_owned();
        let unit_start = self.at;
        let unit = self.take_while(is_word_part).to_ascii_lowercase();
        let too_big = |end| Diagnostic::new(start..end, "the number is too big");
        if unit.is_empty() {
            let number = if whole {
                digits.parse().ok().map(TokenKind::Integer)
            } else {
                digits.parse().ok().filter(|r: &f64| r.is_finite()).map(TokenKind::Real)
            };
            return number.ok_or_else(|| too_big(self.at));
        }
        let Some(&(_, shift)) = SIZE_UNITS.iter().find(|(name, _)| *name == unit) else {
            let span = unit_start..self.at;
            if [digits.as_str(), &unit].concat().bytes().all(|b| b.is_ascii_hexdigit()) {
                let message = "a number in hexadecimal begins with `0x`";
                return Err(Diagnostic::new(start..self.at, message).hint(format!("`0x{digits}{unit}`")));
            }
            return Err(Diagnostic::new(span, format!("`{unit}` is no unit of size"))
                .expected("b, kb, mb, gb or tb")
                .nearest(&unit, SIZE_UNITS.iter().map(|(name, _)| *name)));
        };
        size(&digits, shift).map(TokenKind::Size).ok_or_else(|| too_big(self.at))
    }

    fn address(&mut self) -> Result<TokenKind, Diagnostic> {
        let start = self.at;
        self.at += 2;
        let digits = self.take_while(is_word_part).to_owned();
        let span = start..self.at;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Diagnostic::new(span, "not a number in hexadecimal")
                .expected("digits 0 to 9 and a to f after `0x`"));
        }
        let number = u64::from_str_radix(&digits, 16);
        number.map(TokenKind::Address).map_err(|_| Diagnostic::new(span, "the address has more than 64 bits"))
    }
}

/// A character as it is typed, or its escape where it cannot be seen.
fn shown(c: char) -> String {
    if c == '\\' { c.to_string() } else { c.escape_debug().to_string() }
}

/// Whether `text` is `point` and a digit.
fn fraction_follows(text: &str, point: char) -> bool {
    text.strip_prefix(point).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()))
}

/// A number of units in bytes, rounded to whole ones.
fn size(digits: &str, shift: u32) -> Option<u64> {
    if let Ok(whole) = digits.parse::<u64>() {
        return whole.checked_mul(1 << shift);
    }
    let bytes = (digits.parse::<f64>().ok()? * f64::from(shift).exp2()).round();
    // 2^64 as f64; a float at or above it has no u64.
    (bytes < 18_446_744_073_709_551_616.0).then_some(bytes as u64)
}

/// A number of bytes as statements write it: `500kb`, `2.5mb`, or a plain number of bytes.
pub fn parse_size(text: &str) -> Option<u64> {
    match *tokens(text).ok()?.as_slice() {
        [Token { kind: TokenKind::Size(size), .. }] => Some(size),
        [Token { kind: TokenKind::Integer(size), .. }] => u64::try_from(size).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        tokens(text).unwrap().into_iter().map(|t| t.kind).collect()
    }

    fn message(text: &str) -> String {
        tokens(text).unwrap_err().message
    }

    #[test]
    fn literals() {
        let real = 2.5;
        assert_eq!(
            kinds("10 2.5 1e3 'it''s' \"a \"\"b\"\"\""),
            [
                TokenKind::Integer(10),
                TokenKind::Real(real),
                TokenKind::Real(1000.0),
                TokenKind::Text("it's".into()),
                TokenKind::Quoted("a \"b\"".into()),
            ]
        );
        assert_eq!(
            kinds("10kb 2.5MB 1gb 3b 0x7Fff @2 :min $3"),
            [
                TokenKind::Size(10 << 10),
                TokenKind::Size(5 << 19),
                TokenKind::Size(1 << 30),
                TokenKind::Size(3),
                TokenKind::Address(0x7fff),
                TokenKind::Dump(2),
                TokenKind::Parameter("min".into()),
                TokenKind::Result(3),
            ]
        );
    }

    #[test]
    fn comments_and_white_space_are_left_out() {
        assert_eq!(
            kinds("a -- b ' c\n<= d"),
            [TokenKind::Word("a".into()), TokenKind::Symbol("<="), TokenKind::Word("d".into())]
        );
    }

    #[test]
    fn each_error_is_reached() {
        assert_eq!(message("'abc"), "the text has no closing quote");
        assert_eq!(message("\"abc"), "the name has no closing quote");
        assert_eq!(message("\"\""), "the name is empty");
        assert_eq!(message("10kg"), "`kg` is no unit of size");
        assert_eq!(message("0xzz"), "not a number in hexadecimal");
        assert_eq!(message("0x11112222333344445"), "the address has more than 64 bits");
        assert_eq!(message("99999999999tb"), "the number is too big");
        assert_eq!(message("1e999"), "the number is too big");
        assert_eq!(message(&"9".repeat(60)), "the number is too big");
        assert_eq!(message("@x"), "`@` without the number of a dump");
        assert_eq!(message("$0"), "`$` without the number of an answer");
        assert_eq!(message(": min"), "`:` without the name of a parameter");
        assert_eq!(message("a # b"), "the character `#` means nothing here");
    }

    #[test]
    fn scripts_split_at_semicolons_outside_of_quotes_and_comments() {
        let text = "select ';' ; -- a; b\n ;; select \";\"--;\n; 'open ; ";
        let parts: Vec<_> = split_statements(text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(parts, ["select ';'", "select \";\"--;", "'open ;"]);
        assert!(split_statements(" -- nothing\n").is_empty());
    }

    #[test]
    fn an_open_parenthesis_or_quote_is_incomplete() {
        for text in ["select (", "select 'a", "select \"a", "select count(", "where a in (1, -- )"] {
            assert!(is_incomplete(text), "{text}");
        }
        for text in ["select ()", "select '('", "select ) (", "-- (", ""] {
            assert!(!is_incomplete(text), "{text}");
        }
    }
}
