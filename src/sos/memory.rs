//! Memory: `db`, `dq` and their like of dotnet-dump and WinDbg, `memory read` and `x/8gx` of LLDB.

use super::Translation;
use super::arguments::{Arguments, address, count};
use super::line::Piece;
use super::number;
use super::text;
use super::words::{SwitchDoc, WORD, WordDoc, no_effect, takes};
use crate::query::Diagnostic;

/// How much of a text is shown at most: what does not end within it is hardly one.
const TEXT_UNITS: u64 = 4096;
/// Bytes of a row that LLDB shows.
const LLDB_ROW_BYTES: u64 = 16;
/// Units that LLDB shows where nothing is said: bytes, and others.
const LLDB_BYTES: u64 = 32;
const LLDB_UNITS: u64 = 8;

/// The switches of the `d` words.
const SWITCHES: &[SwitchDoc] = &[
    SwitchDoc { aliases: &["-count"], ..takes("-c", "N", "So many units.") },
    SwitchDoc { aliases: &["-end"], ..takes("-e", "ADDRESS", "Up to this address.") },
    SwitchDoc { aliases: &["-length"], ..takes("-l", "BYTES", "Bytes of a unit: 1, 2, 4 or 8.") },
    SwitchDoc { aliases: &["-width"], ..takes("-w", "N", "So many units a row.") },
    SwitchDoc {
        aliases: &["-ascii", "-u", "-unicode"],
        ..no_effect("-a", "Characters are shown in any case.")
    },
    SwitchDoc {
        aliases: &["-show-address"],
        ..no_effect("-hex-prefix", "Addresses are shown in any case, units without 0x.")
    },
];

/// A `d` word.
const D: WordDoc = WordDoc { switches: SWITCHES, operands: (1, 3), translate: display, ..WORD };

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "db",
        usage: "db ADDRESS [-c N] [-e ADDRESS] [-w N]",
        summary: "Memory as bytes, 128 of them, 16 a row.",
        examples: &[
            ("db 7f02290cde20", &["select address, hex, text from memory(0x7f02290cde20, 128, 'bytes', 16)"]),
            (
                "db 7f02290cde20 L20",
                &["select address, hex, text from memory(0x7f02290cde20, 32, 'bytes', 16)"],
            ),
        ],
        ..D
    },
    WordDoc {
        word: "dw",
        usage: "dw ADDRESS [-c N] [-e ADDRESS] [-w N]",
        summary: "Memory as words of two bytes, 128 of them, 16 a row.",
        examples: &[(
            "dw 7f02290cde20 -c 16",
            &["select address, hex, text from memory(0x7f02290cde20, 16, 'words', 16)"],
        )],
        ..D
    },
    WordDoc {
        word: "dc",
        usage: "dc ADDRESS [-c N] [-e ADDRESS] [-w N]",
        summary: "Memory as the characters of .NET's strings, two bytes each, 64 of them, 8 a row.",
        examples: &[(
            "dc 7f02290cde20",
            &["select address, hex, text from memory(0x7f02290cde20, 64, 'words', 8)"],
        )],
        ..D
    },
    WordDoc {
        word: "dd",
        usage: "dd ADDRESS [-c N] [-e ADDRESS] [-w N]",
        summary: "Memory as words of four bytes, 64 of them, 8 a row.",
        examples: &[(
            "dd 7f02290cde20",
            &["select address, hex, text from memory(0x7f02290cde20, 64, 'dwords', 8)"],
        )],
        ..D
    },
    WordDoc {
        word: "dq",
        aliases: &["dp"],
        usage: "dq ADDRESS [-c N] [-e ADDRESS] [-w N]",
        summary: "Memory as words of eight bytes, 32 of them, each with the object or the type that it leads to; `dp` is the \
                  same, for pointers are as long.",
        examples: &[
            ("dq 7f02290cde20", &["select address, hex, object, type from memory(0x7f02290cde20, 32)"]),
            (
                "dp 7f02290cde20 -c 4 -w 4",
                &["select address, hex, text from memory(0x7f02290cde20, 4, 'qwords', 4)"],
            ),
        ],
        ..D
    },
    WordDoc {
        word: "d",
        aliases: &["readmemory"],
        usage: "d ADDRESS [-c N] [-l BYTES] [-e ADDRESS] [-w N]",
        summary: "Memory as units of -l bytes, 4 by themselves, 32 of them.",
        examples: &[
            ("d 7f02290cde20", &["select address, hex, text from memory(0x7f02290cde20, 32, 'dwords', 8)"]),
            (
                "d 7f02290cde20 -l 1",
                &["select address, hex, text from memory(0x7f02290cde20, 32, 'bytes', 32)"],
            ),
        ],
        ..D
    },
    WordDoc {
        word: "du",
        usage: "du ADDRESS",
        summary: "The text in UTF-16 at an address, up to its zero; a string's text begins 12 bytes behind its start.",
        examples: &[(
            "du 7f02290cddcc",
            &["select address, text from memory(0x7f02290cddcc, 4096, 'utf16')"],
        )],
        translate: |arguments| as_text(arguments, "utf16").map(Translation::one),
        ..D
    },
    WordDoc {
        word: "memory",
        second: Some("read"),
        usage: "memory read ADDRESS [END] [-c N] [-s BYTES] [-f FORMAT]",
        summary: "LLDB's word for memory: units of -s bytes, up to END or -c of them; those of 8 bytes with the object or the type \
                  that each leads to. -f s shows a text.",
        switches: &[
            SwitchDoc { aliases: &["-count"], ..takes("-c", "N", "So many units.") },
            SwitchDoc { aliases: &["-size"], ..takes("-s", "BYTES", "Bytes of a unit: 1, 2, 4 or 8.") },
            SwitchDoc {
                aliases: &["-format"],
                ..takes("-f", "FORMAT", "s for a text of bytes; x, d, Y and others show the same table.")
            },
            SwitchDoc { aliases: &["-num-per-line"], ..takes("-l", "N", "So many units a row.") },
            SwitchDoc { aliases: &["-force"], ..no_effect("-r", "Any amount is shown.") },
        ],
        operands: (1, 2),
        examples: &[
            (
                "memory read 0x7f02290cde20",
                &["select address, hex, text from memory(0x7f02290cde20, 32, 'bytes', 16)"],
            ),
            (
                "memory read 0x7f02290cde20 -c 4 -s 8 -f x",
                &["select address, hex, object, type from memory(0x7f02290cde20, 4)"],
            ),
            (
                "memory read 0x7f02290cde20 0x7f02290cde40",
                &["select address, hex, text from memory(0x7f02290cde20, 32, 'bytes', 16)"],
            ),
        ],
        translate: memory_read,
        ..WORD
    },
    WordDoc {
        word: "x",
        usage: "x/[N][SIZE][FORMAT] ADDRESS",
        summary: "LLDB's and GDB's short word for memory: N units, SIZE b, h, w or g (1, 2, 4 or 8 bytes); FORMAT s shows a text, \
                  the others the same table.",
        operands: (1, 1),
        examples: &[
            ("x/8gx 0x7f02290cde20", &["select address, hex, object, type from memory(0x7f02290cde20, 8)"]),
            (
                "x/16xb 0x7f02290cde20",
                &["select address, hex, text from memory(0x7f02290cde20, 16, 'bytes', 16)"],
            ),
            ("x/s 0x7f02290cddcc", &["select address, text from memory(0x7f02290cddcc, 4096, 'ascii')"]),
        ],
        translate: examine,
        ..WORD
    },
];

/// Whether a word is `x` with a format: `x/8gx`.
pub(super) fn is_examine(word: &str) -> bool {
    word.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x/"))
}

/// What a `d` word shows by itself: how many units, of how many bytes, how many a row.
fn defaults(word: &str) -> (u64, u64, u64) {
    match word {
        "db" => (128, 1, 16),
        "dw" => (128, 2, 16),
        "dc" => (64, 2, 8),
        "dd" => (64, 4, 8),
        "dq" | "dp" => (32, 8, 1),
        _ => (32, 4, 8),
    }
}

fn display(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let word = arguments.word().text.to_ascii_lowercase();
    let (mut units, mut size, mut per_row) = defaults(&word);
    let from = arguments.required_address(0)?;
    if let Some(piece) = arguments.value("-l") {
        size = size_of(piece)?;
        per_row = 32 / size;
    }
    if let Some(number) = arguments.count_of("-c")?.filter(|&number| number > 0) {
        units = number;
    }
    if let Some(end) = arguments.value("-e") {
        units = up_to(from, end, size)?;
    }
    if let Some(number) = length(arguments)? {
        units = number;
    }
    if let Some(number) = arguments.count_of("-w")?.filter(|&number| number > 0) {
        per_row = number;
    }
    Ok(Translation::one(rows(from, units, size, per_row)))
}

/// WinDbg's length behind the address, in hexadecimal: `L20`, or `L 20`.
fn length(arguments: &Arguments) -> Result<Option<u64>, Diagnostic> {
    let digits = match arguments.operands() {
        [_, piece] => piece.text.strip_prefix(['L', 'l']).map(|digits| (digits.to_owned(), piece)),
        [_, mark, piece] if mark.text.eq_ignore_ascii_case("l") => Some((piece.text.clone(), piece)),
        [_] => return Ok(None),
        _ => None,
    };
    let number = digits.as_ref().and_then(|(digits, _)| number::address(digits)).filter(|&number| number > 0);
    let place = arguments.operands().get(1).map_or(0..0, |piece| piece.span.clone());
    match number {
        Some(number) => Ok(Some(number)),
        None => {
            Err(Diagnostic::new(place, "this is no length").expected("`L` and a hexadecimal number: L20"))
        }
    }
}

/// Units from one address up to another.
fn up_to(from: u64, end: &Piece, size: u64) -> Result<u64, Diagnostic> {
    let bytes = address(end)?.checked_sub(from).filter(|&bytes| bytes > 0);
    let error = || Diagnostic::new(end.span.clone(), "the end does not lie behind the start");
    Ok(bytes.ok_or_else(error)?.div_ceil(size))
}

fn size_of(piece: &Piece) -> Result<u64, Diagnostic> {
    count(piece).ok().filter(|size| matches!(size, 1 | 2 | 4 | 8)).ok_or_else(|| {
        Diagnostic::new(piece.span.clone(), format!("`{}` is no size of a unit", piece.text))
            .expected("1, 2, 4 or 8")
    })
}

/// The statement that shows units of memory.
fn rows(from: u64, units: u64, size: u64, per_row: u64) -> String {
    let from = text::address(from);
    let unit = match size {
        1 => "bytes",
        2 => "words",
        4 => "dwords",
        // One a row, they tell where they lead.
        _ if per_row == 1 => {
            return format!("select address, hex, object, type from memory({from}, {units})");
        }
        _ => "qwords",
    };
    format!("select address, hex, text from memory({from}, {units}, '{unit}', {per_row})")
}

/// The statement that shows a text.
fn as_text(arguments: &Arguments, unit: &str) -> Result<String, Diagnostic> {
    let from = text::address(arguments.required_address(0)?);
    let most = arguments.count_of("-c")?.filter(|&number| number > 0).unwrap_or(TEXT_UNITS);
    Ok(format!("select address, text from memory({from}, {most}, '{unit}')"))
}

fn memory_read(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    if arguments.value("-f").is_some_and(|format| matches!(format.text.as_str(), "s" | "c-string")) {
        return as_text(arguments, "ascii").map(Translation::one);
    }
    let from = arguments.required_address(0)?;
    let size = arguments.value("-s").map(size_of).transpose()?;
    let units = match (arguments.count_of("-c")?.filter(|&number| number > 0), arguments.operands().get(1)) {
        (Some(units), _) => units,
        (None, Some(end)) => up_to(from, end, size.unwrap_or(1))?,
        (None, None) => size.map_or(LLDB_BYTES, |_| LLDB_UNITS),
    };
    let size = size.unwrap_or(1);
    let width = arguments.count_of("-l")?.filter(|&number| number > 0);
    let per_row = width.unwrap_or(if size == 8 { 1 } else { LLDB_ROW_BYTES / size });
    Ok(Translation::one(rows(from, units, size, per_row)))
}

fn examine(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let from = arguments.required_address(0)?;
    let word = arguments.word();
    let Some((_, format)) = word.text.split_once('/') else {
        return Ok(Translation::one(rows(from, LLDB_BYTES, 1, LLDB_ROW_BYTES)));
    };
    let digits = format.find(|c: char| !c.is_ascii_digit()).unwrap_or(format.len());
    let (number, letters) = format.split_at(digits);
    let wrong = |what: &str| {
        Diagnostic::new(word.span.clone(), format!("`{what}` is no part of a format"))
            .expected("x/[N][b|h|w|g][x|d|u|s|a|c]: x/8gx, x/16xb, x/s")
    };
    let units: u64 = if number.is_empty() { 1 } else { number.parse().map_err(|_| wrong(number))? };
    let mut size = 4;
    for letter in letters.chars() {
        match letter.to_ascii_lowercase() {
            'b' | 'c' => size = 1,
            'h' => size = 2,
            'w' => size = 4,
            'g' | 'a' => size = 8,
            's' => return as_text(arguments, "ascii").map(Translation::one),
            'x' | 'd' | 'u' | 'o' | 't' | 'z' | 'f' => {}
            other => return Err(wrong(&other.to_string())),
        }
    }
    let per_row = if size == 8 { 1 } else { LLDB_ROW_BYTES / size };
    Ok(Translation::one(rows(from, units.max(1), size, per_row)))
}
