//! What stands behind a word: its switches with what they take, and its operands.

use super::line::{Line, Piece};
use super::number;
use super::words::{SwitchDoc, SwitchState, WordDoc};
use crate::query::{Diagnostic, nearest};

/// Switches that ask what a word does, whatever the word.
const HELP: [&str; 3] = ["-?", "-h", "-help"];

/// A switch that was given, and what it takes.
#[derive(Debug)]
struct Given {
    switch: &'static SwitchDoc,
    value: Option<Piece>,
    place: Piece,
}

/// The switches and the operands of a line.
#[derive(Debug)]
pub(super) struct Arguments {
    word: Piece,
    given: Vec<Given>,
    operands: Vec<Piece>,
    asks_for_help: bool,
}

impl Arguments {
    /// Reads what stands behind the word of a line.
    ///
    /// # Errors
    /// At its place: a switch that is not known or is not answered yet, one without what it takes, too few or too many
    /// operands.
    pub(super) fn parse(doc: &'static WordDoc, line: &Line<'_>) -> Result<Arguments, Diagnostic> {
        let mut arguments =
            Arguments { word: line.word(), given: Vec::new(), operands: Vec::new(), asks_for_help: false };
        let mut pieces = line.rest().iter();
        while let Some(piece) = pieces.next() {
            if !piece.text.starts_with('-') || piece.text.len() < 2 {
                arguments.operands.push(piece.clone());
                continue;
            }
            let (name, value) = split(piece);
            if find(doc, &name).is_none() && HELP.iter().any(|help| name.eq_ignore_ascii_case(help)) {
                arguments.asks_for_help = true;
                continue;
            }
            let (switch, value) = known(doc, piece, &name, value)?;
            let value = match (switch.takes, value) {
                (None, _) => None,
                (Some(_), Some(value)) => Some(value),
                (Some(what), None) => Some(pieces.next().cloned().ok_or_else(|| {
                    Diagnostic::new(line.end()..line.end(), format!("`{}` takes {what}", switch.name))
                        .expected(doc.usage)
                })?),
            };
            arguments.given.push(Given { switch, value, place: piece.clone() });
        }
        arguments.check_operands(doc, line)?;
        Ok(arguments)
    }

    fn check_operands(&self, doc: &WordDoc, line: &Line<'_>) -> Result<(), Diagnostic> {
        if self.asks_for_help {
            return Ok(());
        }
        let (least, most) = doc.operands;
        if self.operands.len() < least {
            let end = line.end();
            return Err(
                Diagnostic::new(end..end, format!("`{}` lacks an operand", doc.word)).expected(doc.usage)
            );
        }
        match self.operands.get(most) {
            Some(more) => Err(Diagnostic::new(more.span.clone(), format!("`{}` takes no more", doc.word))
                .expected(doc.usage)),
            None => Ok(()),
        }
    }

    /// The word as it was written.
    pub(super) fn word(&self) -> &Piece {
        &self.word
    }

    /// Whether it is asked what the word does.
    pub(super) fn asks_for_help(&self) -> bool {
        self.asks_for_help
    }

    /// Whether a switch was given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.given.iter().any(|given| given.switch.name == name)
    }

    /// What a switch was given; the last one of several counts.
    pub(super) fn value(&self, name: &str) -> Option<&Piece> {
        self.given.iter().rev().find(|given| given.switch.name == name)?.value.as_ref()
    }

    /// The address that a switch was given.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn address_of(&self, name: &str) -> Result<Option<u64>, Diagnostic> {
        self.value(name).map(address).transpose()
    }

    /// The number that a switch was given.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn count_of(&self, name: &str) -> Result<Option<u64>, Diagnostic> {
        self.value(name).map(count).transpose()
    }

    /// The operands.
    pub(super) fn operands(&self) -> &[Piece] {
        &self.operands
    }

    /// An operand that is an address; `None` when it was left out.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn address(&self, at: usize) -> Result<Option<u64>, Diagnostic> {
        self.operands.get(at).map(address).transpose()
    }

    /// An operand that is an address and must be there, which a word's number of operands sees to.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn required_address(&self, at: usize) -> Result<u64, Diagnostic> {
        let end = self.operands.last().map_or(self.word.span.end, |piece| piece.span.end);
        self.address(at)?.ok_or_else(|| Diagnostic::new(end..end, "an address is missing"))
    }

    /// The error of two switches that exclude each other: at the later one.
    pub(super) fn not_together(&self, one: &str, other: &str) -> Result<(), Diagnostic> {
        if !(self.has(one) && self.has(other)) {
            return Ok(());
        }
        let is_either = |given: &&Given| [one, other].contains(&given.switch.name);
        let later = self.given.iter().rev().find(is_either);
        let span = later.map_or(self.word.span.clone(), |given| given.place.span.clone());
        Err(Diagnostic::new(span, format!("`{one}` and `{other}` exclude each other")))
    }
}

/// An address.
///
/// # Errors
/// The piece is none.
pub(super) fn address(piece: &Piece) -> Result<u64, Diagnostic> {
    number::address(&piece.text).ok_or_else(|| {
        Diagnostic::new(piece.span.clone(), format!("`{}` is no address", piece.text))
            .expected("hexadecimal digits: 7f02290cde20, 0x7f02290cde20, 00007f02`290cde20")
    })
}

/// A number of bytes or of units.
///
/// # Errors
/// The piece is none.
pub(super) fn count(piece: &Piece) -> Result<u64, Diagnostic> {
    number::count(&piece.text).ok_or_else(|| {
        Diagnostic::new(piece.span.clone(), format!("`{}` is no number", piece.text))
            .expected("a decimal number, a hexadecimal one with 0x, or a size such as 10kb")
    })
}

/// A switch and, where one stands behind `:` or `=`, its value.
fn split(piece: &Piece) -> (String, Option<Piece>) {
    let text = piece.text.trim_start_matches('-');
    match text.find([':', '=']) {
        Some(at) => {
            let value = text[at + 1..].to_owned();
            let start = piece.span.end.saturating_sub(value.len()).max(piece.span.start);
            (format!("-{}", &text[..at]), Some(Piece { span: start..piece.span.end, text: value }))
        }
        None => (format!("-{text}"), None),
    }
}

/// The switch of that name, in any case.
fn find(doc: &'static WordDoc, name: &str) -> Option<&'static SwitchDoc> {
    let is = |other: &&str| name.eq_ignore_ascii_case(other);
    doc.switches.iter().find(|switch| is(&switch.name) || switch.aliases.iter().any(is))
}

/// The switch that a piece is, and what stands in the same piece: LLDB writes `-c4` for `-c 4`.
fn known(
    doc: &'static WordDoc,
    piece: &Piece,
    name: &str,
    value: Option<Piece>,
) -> Result<(&'static SwitchDoc, Option<Piece>), Diagnostic> {
    let glued = || {
        let (short, rest) = name.split_at_checked(2)?;
        let switch = find(doc, short).filter(|switch| switch.takes.is_some())?;
        let starts = rest.starts_with(|c: char| c.is_ascii_digit());
        let span = piece.span.end.saturating_sub(rest.len())..piece.span.end;
        starts.then(|| (switch, Some(Piece { text: rest.to_owned(), span })))
    };
    let Some((switch, value)) = find(doc, name).map(|switch| (switch, value)).or_else(glued) else {
        return Err(unknown(doc, piece, name));
    };
    if switch.state == SwitchState::NotYet {
        let message = format!("`{} {}` is not answered yet", doc.word, switch.name);
        return Err(Diagnostic::new(piece.span.clone(), message).hint(switch.summary));
    }
    Ok((switch, value))
}

fn unknown(doc: &WordDoc, piece: &Piece, name: &str) -> Diagnostic {
    let names: Vec<&str> = doc.switches.iter().map(|switch| switch.name).collect();
    let diagnostic =
        Diagnostic::new(piece.span.clone(), format!("`{}` has no switch `{}`", doc.word, piece.text));
    let diagnostic = match names[..] {
        [] => diagnostic.expected(doc.usage),
        _ => diagnostic.expected(names.join(", ")),
    };
    match nearest(name, names.iter().copied()) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint(format!("`help {}` tells what each does", doc.word)),
    }
}
