//! Stacks: `clrstack`, `dumpstackobjects`.
//!
//! A debugger has a thread that its words are about. Here each line stands for itself, so these words are about all threads,
//! or about the one whose number is given.

use super::Translation;
use super::arguments::Arguments;
use super::number;
use super::text::{self, where_all};
use super::words::{SwitchDoc, WORD, WordDoc, flag, no_effect};
use crate::query::Diagnostic;

/// What is shown of a frame.
const FRAMES: &str =
    "select os_id, managed_id, level, sp, ip, coalesce(method, frame) as call, source, line from frames";
/// What is shown of an object that a stack holds.
const OBJECTS: &str = "select os_id, address as sp, slot, object, type, frame, name from roots";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "clrstack",
        aliases: &["eestack"],
        usage: "clrstack [THREAD] [-a] [-f]",
        summary: "The managed stacks, of all threads or of the one with that id of the operating system (decimal, or hexadecimal as \
                  SOS prints it).",
        switches: &[
            SwitchDoc {
                aliases: &["-p", "-l"],
                ..flag(
                    "-a",
                    "What parameters and local variables refer to, too, where the code still needs it.",
                )
            },
            SwitchDoc { aliases: &["-full"], ..flag("-f", "Native frames, too.") },
            no_effect("-all", "Without a thread all are shown anyway."),
            SwitchDoc {
                aliases: &["-i", "-r"],
                ..no_effect("-n", "Lines of sources are shown where --files has the portable PDB.")
            },
        ],
        operands: (0, 1),
        examples: &[
            (
                "clrstack",
                &[
                    "select os_id, managed_id, level, sp, ip, coalesce(method, frame) as call, source, line from frames \
                   where kind <> 'native'",
                ],
            ),
            (
                "clrstack 28358 -a",
                &[
                    "select os_id, managed_id, level, sp, ip, coalesce(method, frame) as call, source, line from frames \
                     where kind <> 'native' and os_id in (28358, 164696)",
                    "select os_id, address as sp, slot, object, type, frame, name from roots \
                     where kind = 'stack' and os_id in (28358, 164696)",
                ],
            ),
            (
                "clrstack -all -f",
                &[
                    "select os_id, managed_id, level, sp, ip, coalesce(method, frame) as call, source, line from frames",
                ],
            ),
        ],
        translate: clrstack,
        ..WORD
    },
    WordDoc {
        word: "dumpstackobjects",
        aliases: &["dso"],
        usage: "dumpstackobjects [THREAD]",
        summary: "The objects that stacks hold, with the frames and slots that do: of all threads or of the one with that id of \
                  the operating system.",
        switches: &[no_effect("-verify", "What is no object is never listed.")],
        operands: (0, 1),
        examples: &[
            (
                "dso",
                &[
                    "select os_id, address as sp, slot, object, type, frame, name from roots where kind = 'stack'",
                ],
            ),
            (
                "dumpstackobjects 0x6ec6",
                &["select os_id, address as sp, slot, object, type, frame, name from roots \
                   where kind = 'stack' and os_id = 28358"],
            ),
        ],
        translate: dumpstackobjects,
        ..WORD
    },
    WordDoc {
        word: "ip2md",
        usage: "ip2md ADDRESS",
        summary: "The method that an address in code belongs to, where a stack goes on there, as `clrstack` prints it.",
        operands: (1, 1),
        examples: &[(
            "ip2md 7fb3afa960ba",
            &[
                "select method, type, module, offset, source, line, os_id, level from frames where ip = 0x7fb3afa960ba",
            ],
        )],
        translate: |arguments| {
            let address = text::address(arguments.required_address(0)?);
            Ok(Translation::one(format!(
                "select method, type, module, offset, source, line, os_id, level from frames where ip = {address}"
            )))
        },
        ..WORD
    },
    WordDoc {
        word: "parallelstacks",
        aliases: &["pstacks"],
        usage: "parallelstacks",
        summary: "What the managed stacks have in common: how many threads are in each method, by its depth from where the threads \
                  began.",
        switches: &[
            SwitchDoc { aliases: &["-a"], ..no_effect("-allthreads", "All threads are counted.") },
            SwitchDoc {
                aliases: &["-r"],
                ..no_effect("-runtime", "Methods of the libraries are counted too.")
            },
        ],
        examples: &[("pstacks", &[PARALLEL])],
        translate: |_| Ok(Translation::one(PARALLEL)),
        ..WORD
    },
];

/// How many threads are in each method, by its depth.
const PARALLEL: &str = "select depth, method, count as threads from (select method, \
     row_number() over (partition by os_id order by level desc) as depth from frames where kind = 'method') \
     group by depth, method order by depth, threads desc";

fn clrstack(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let thread = thread(arguments)?;
    let managed = (!arguments.has("-f")).then(|| "kind <> 'native'".to_owned());
    let frames = all_of(FRAMES, managed.into_iter().chain(thread.clone()));
    let objects = arguments.has("-a").then(|| objects(thread));
    Ok(Translation::of([frames].into_iter().chain(objects)))
}

fn dumpstackobjects(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    Ok(Translation::one(objects(thread(arguments)?)))
}

fn objects(thread: Option<String>) -> String {
    all_of(OBJECTS, ["kind = 'stack'".to_owned()].into_iter().chain(thread))
}

fn all_of(select: &str, conditions: impl Iterator<Item = String>) -> String {
    format!("{select}{}", where_all(&conditions.collect::<Vec<_>>()))
}

/// The condition that names the thread, if one is given. SOS prints ids in hexadecimal without `0x`, and the language in
/// decimal: digits alone can be either.
fn thread(arguments: &Arguments) -> Result<Option<String>, Diagnostic> {
    let Some(piece) = arguments.operands().first() else { return Ok(None) };
    let decimal = number::count(&piece.text);
    let hexadecimal = number::address(&piece.text).filter(|id| decimal != Some(*id));
    Ok(Some(match (decimal, hexadecimal) {
        (Some(id), Some(other)) => format!("os_id in ({id}, {other})"),
        (Some(id), None) | (None, Some(id)) => format!("os_id = {id}"),
        (None, None) => {
            return Err(Diagnostic::new(
                piece.span.clone(),
                format!("`{}` is no id of a thread", piece.text),
            )
            .expected("an id of the operating system as `clrthreads` prints it: 28358, 0x6ec6"));
        }
    }))
}
