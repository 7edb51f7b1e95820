//! The words of SOS and of debuggers, their switches, and what those take.

use crate::sos::{self, SwitchDoc, SwitchState, WordDoc};

use super::Known;
use super::values::module_names;

/// What stands before a word and changes nothing of what it takes.
const INTRODUCTIONS: [&str; 4] = ["sos", "ext", "sql", "\\sql"];

/// What asks for help on a word of this layer and on nothing else.
const HELP: &str = "soshelp";

/// Where the word at the end of `before` begins and what it can become, where a line of these words is being written.
/// `None` for all other lines.
pub(super) fn complete(before: &str, known: &Known<'_>) -> Option<(usize, Vec<String>)> {
    let typed = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let start = before.len() - typed.len();
    let mut earlier = before[..start].split_whitespace().peekable();
    let mut introduced = false;
    while earlier.next_if(|word| is_one_of(&INTRODUCTIONS, word)).is_some() {
        introduced = true;
    }
    let Some(first) = earlier.next() else {
        let bare = typed.strip_prefix('!');
        let skipped = usize::from(bare.is_some());
        return (introduced || bare.is_some()).then(|| (start + skipped, starting(bare.unwrap_or(typed))));
    };
    let marked = first.starts_with('!');
    let first = first.trim_start_matches('!');
    let only_words = introduced || marked || typed.starts_with('!');
    if first.eq_ignore_ascii_case(HELP) || (only_words && first.eq_ignore_ascii_case("help")) {
        let bare = typed.trim_start_matches('!');
        return Some((before.len() - bare.len(), starting(bare)));
    }
    let doc = sos::word(first)?;
    let mut earlier = earlier.peekable();
    if let Some(second) = doc.second
        && earlier.next_if(|word| word.eq_ignore_ascii_case(second)).is_none()
    {
        let fits = earlier.peek().is_none() && second.starts_with(&typed.to_lowercase());
        return fits.then(|| (start, vec![second.to_owned()]));
    }
    Some(arguments(doc, earlier.last(), typed, start, known))
}

/// What the switches and operands of a word can become; `last` is the piece before, if any stands behind the word.
fn arguments(
    doc: &WordDoc,
    last: Option<&str>,
    typed: &str,
    start: usize,
    known: &Known<'_>,
) -> (usize, Vec<String>) {
    let lower = typed.to_lowercase();
    let begins = |word: &&str| word.to_lowercase().starts_with(&lower);
    if typed.starts_with('-') {
        let answered = doc.switches.iter().filter(|switch| switch.state != SwitchState::NotYet);
        let names = answered.map(|switch| switch.name).filter(begins);
        return (start, names.map(str::to_owned).collect());
    }
    let named_types = |typed: &str| {
        let types = known.types().filter(|_| !typed.is_empty());
        let names = types.map_or_else(Vec::new, |types| types.matching(typed));
        names.into_iter().filter(|name| !name.contains(' ')).map(str::to_owned).collect::<Vec<_>>()
    };
    let switch = doc
        .switches
        .iter()
        .find(|switch| switch.takes.is_some() && last.is_some_and(|last| is_named(switch, last)));
    let values = switch.map_or(doc.values, |switch| switch.values);
    if !values.is_empty() {
        return (start, values.iter().copied().filter(begins).map(str::to_owned).collect());
    }
    if switch.is_some_and(|switch| switch.name == "-type") {
        return (start, named_types(typed));
    }
    if doc.word == "name2ee" {
        let name = typed.find('!').map_or(0, |at| at + 1);
        if name == 0 && last.is_none() {
            let modules = module_names(typed, known).into_iter().filter(|name| !name.contains(' '));
            return (start, modules.map(|name| format!("{name}!")).collect());
        }
        return (start + name, named_types(&typed[name..]));
    }
    (start, Vec::new())
}

fn is_named(switch: &SwitchDoc, piece: &str) -> bool {
    let bare = piece.trim_start_matches('-');
    let is = |name: &&str| piece.starts_with('-') && name[1..].eq_ignore_ascii_case(bare);
    is(&switch.name) || switch.aliases.iter().any(is)
}

fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The words that begin so, each in its first spelling; where none does, the other spellings that do.
pub(super) fn starting(typed: &str) -> Vec<String> {
    let lower = typed.to_lowercase();
    let first: Vec<String> =
        words(|doc| vec![doc.word]).into_iter().filter(|word| word.starts_with(&lower)).collect();
    if !first.is_empty() {
        return first;
    }
    words(|doc| doc.aliases.to_vec()).into_iter().filter(|word| word.starts_with(&lower)).collect()
}

fn words(spellings: impl Fn(&'static WordDoc) -> Vec<&'static str>) -> Vec<String> {
    let mut words: Vec<String> = sos::words().flat_map(spellings).map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}
