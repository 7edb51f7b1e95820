//! The catalog of the words: each with its switches, what they take, and examples with the statements they stand for.

use super::arguments::Arguments;
use super::{
    Translation, collections, exceptions, generations, handles, heap, integrity, locks, memory, modules,
    objects, process, roots, segments, stacks, tasks, types,
};
use crate::query::Diagnostic;

/// A word, and everything that is said of it.
#[derive(Debug)]
pub struct WordDoc {
    /// The word, in lower case; lines may write it in any case.
    pub word: &'static str,
    /// The word that must follow: `read` of `memory read`.
    pub second: Option<&'static str>,
    /// Other words for the same.
    pub aliases: &'static [&'static str],
    /// How it is written.
    pub usage: &'static str,
    /// What it answers, in one sentence.
    pub summary: &'static str,
    /// Its switches.
    pub switches: &'static [SwitchDoc],
    /// How many operands it takes at least and at most.
    pub operands: (usize, usize),
    /// The words that an operand can be; empty where it can be anything.
    pub values: &'static [&'static str],
    /// Lines, and the statements that each stands for.
    pub examples: &'static [(&'static str, &'static [&'static str])],
    /// Makes the statements.
    pub(super) translate: fn(&Arguments) -> Result<Translation, Diagnostic>,
}

/// A switch of a word.
#[derive(Debug)]
pub struct SwitchDoc {
    /// The switch, with its hyphen; lines may write it in any case, with one hyphen or two.
    pub name: &'static str,
    /// Other switches for the same.
    pub aliases: &'static [&'static str],
    /// What it takes, as usage spells it; `None` where it takes nothing.
    pub takes: Option<&'static str>,
    /// The words that this can be; empty where it can be anything.
    pub values: &'static [&'static str],
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Whether it does it.
    pub state: SwitchState,
}

/// What becomes of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchState {
    /// It does what it says.
    Works,
    /// It is taken, and changes nothing here.
    NoEffect,
    /// It is refused: what it asks for is not answered yet.
    NotYet,
}

/// A word without aliases, switches and operands, to be completed.
pub(super) const WORD: WordDoc = WordDoc {
    word: "",
    second: None,
    aliases: &[],
    usage: "",
    summary: "",
    switches: &[],
    operands: (0, 0),
    values: &[],
    examples: &[],
    translate: |_| Ok(Translation::of([])),
};

/// A switch that takes nothing.
pub(super) const fn flag(name: &'static str, summary: &'static str) -> SwitchDoc {
    SwitchDoc { name, aliases: &[], takes: None, values: &[], summary, state: SwitchState::Works }
}

/// A switch with a value.
pub(super) const fn takes(name: &'static str, what: &'static str, summary: &'static str) -> SwitchDoc {
    SwitchDoc { takes: Some(what), ..flag(name, summary) }
}

/// A switch with one of these words.
pub(super) const fn takes_one_of(
    name: &'static str,
    what: &'static str,
    values: &'static [&'static str],
    summary: &'static str,
) -> SwitchDoc {
    SwitchDoc { values, ..takes(name, what, summary) }
}

/// A switch that changes nothing here.
pub(super) const fn no_effect(name: &'static str, summary: &'static str) -> SwitchDoc {
    SwitchDoc { state: SwitchState::NoEffect, ..flag(name, summary) }
}

/// A switch that is refused.
pub(super) const fn not_yet(switch: SwitchDoc) -> SwitchDoc {
    SwitchDoc { state: SwitchState::NotYet, ..switch }
}

/// All words that are answered, family by family.
pub fn words() -> impl Iterator<Item = &'static WordDoc> {
    [
        heap::WORDS,
        generations::WORDS,
        objects::WORDS,
        types::WORDS,
        roots::WORDS,
        handles::WORDS,
        segments::WORDS,
        integrity::WORDS,
        collections::WORDS,
        exceptions::WORDS,
        stacks::WORDS,
        locks::WORDS,
        modules::WORDS,
        process::WORDS,
        memory::WORDS,
        tasks::WORDS,
    ]
    .into_iter()
    .flatten()
}

/// The entry of a word or an alias, in any case; `None` when it is none. `x/8gx` is the word `x` with a format.
pub fn word(name: &str) -> Option<&'static WordDoc> {
    let name = if memory::is_examine(name) { "x" } else { name };
    let is = |other: &&str| name.eq_ignore_ascii_case(other);
    words().find(|doc| is(&doc.word) || doc.aliases.iter().any(is))
}
