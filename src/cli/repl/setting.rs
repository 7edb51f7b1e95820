//! Lines that are meant for the prompt, not for the language.

use std::path::PathBuf;

use crate::output::Format;

/// What a line asks of the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Write answers in this format from now on.
    Format(Format),
    /// Tell, or do not tell, how long answers took; `None` for the other of both.
    Timing(Option<bool>),
    /// Show long answers in a pager, or do not; `None` for the other of both.
    Pager(Option<bool>),
    /// Append answers to a file, or show them again.
    Output(Option<PathBuf>),
    /// Answer the statements of a file.
    Include(PathBuf),
    /// Give a parameter a value, or list the parameters.
    Set(Option<(String, String)>),
    /// Take a parameter its value.
    Unset(String),
    /// List the answers that are kept.
    Results,
    /// List what was entered, the last so many.
    History(usize),
    /// Tell, or do not tell, which statements the words of SOS stand for.
    Sql(bool),
    /// Show the statements that the words last entered stand for.
    LastSql,
    /// Explain the prompt.
    Help,
    /// End.
    Quit,
}

/// Entries that `\history` lists by itself: a screenful.
const HISTORY_SHOWN: usize = 20;

/// What can stand behind the name of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing.
    Nothing,
    /// One of these words.
    Word(&'static [&'static str]),
    /// The path of a file; as it is told in help.
    File(&'static str),
    /// The path of a file or the name of a script of the library; as it is told in help.
    Script(&'static str),
    /// The name of a parameter and more; as it is told in help.
    Parameter(&'static str),
    /// Something else; as it is told in help.
    Other(&'static str),
}

/// A setting for help, completion and messages.
#[derive(Debug)]
pub(super) struct SettingDoc {
    /// Its names, the one that help shows first.
    pub names: &'static [&'static str],
    pub takes: Takes,
    pub summary: &'static str,
}

const ON_OFF: Takes = Takes::Word(&["on", "off"]);

/// The words of [`Format::ALL`]; a test holds them together.
const FORMATS: &[&str] = &["table", "json", "csv", "ndjson", "markdown", "html", "parquet", "dot", "mermaid"];

const fn doc(names: &'static [&'static str], takes: Takes, summary: &'static str) -> SettingDoc {
    SettingDoc { names, takes, summary }
}

/// All settings, in the order of help.
pub(super) static SETTINGS: &[SettingDoc] = &[
    doc(&["format"], Takes::Word(FORMATS), "how answers are written"),
    doc(&["timing"], ON_OFF, "whether the time is shown; alone: the other of both"),
    doc(&["pager"], ON_OFF, "whether long answers go to a pager; alone: as \\timing"),
    doc(&["o"], Takes::File("[FILE]"), "append answers to a file; alone: show them again"),
    doc(&["i"], Takes::Script("FILE"), "answer a file, or a script of the library; also run FILE"),
    doc(&["set"], Takes::Parameter("[NAME VALUE]"), "give the parameter :NAME a value; alone: list all"),
    doc(&["unset"], Takes::Parameter("NAME"), "take a parameter its value"),
    doc(&["sql"], ON_OFF, "tell what words of SOS stand for; alone: that of the last"),
    doc(&["results"], Takes::Nothing, "the answers that are kept, for `from $3`"),
    doc(&["history"], Takes::Other("[N]"), "what was entered last; !N, !! and !text enter it again"),
    doc(&["help", "?"], Takes::Nothing, "this list"),
    doc(&["quit", "q"], Takes::Nothing, "leave; also quit, exit, q, Ctrl-D"),
];

/// The setting of that name.
pub(super) fn setting_doc(name: &str) -> Option<&'static SettingDoc> {
    SETTINGS.iter().find(|setting| setting.names.contains(&name))
}

/// Whether a line is meant for the prompt.
pub(super) fn is_setting(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('\\') && line != "\\"
}

/// The script behind `run`, which is `\i` for those who know `heapql run NAME`.
pub(super) fn script_to_run(line: &str) -> Option<&str> {
    let (word, script) = line.trim_start().split_once(char::is_whitespace)?;
    word.eq_ignore_ascii_case("run").then_some(script.trim()).filter(|script| !script.is_empty())
}

/// What a line asks of the prompt, or `None` when it is a statement.
///
/// # Errors
/// What is wrong with a line that starts like a setting.
pub(super) fn parse(line: &str) -> Option<Result<Setting, String>> {
    let line = line.trim().trim_end_matches(';').trim_end();
    if matches!(line.to_ascii_lowercase().as_str(), "quit" | "exit" | "q") {
        return Some(Ok(Setting::Quit));
    }
    if let Some(script) = script_to_run(line) {
        return Some(Ok(Setting::Include(PathBuf::from(unquoted(script)))));
    }
    if !is_setting(line) {
        return None;
    }
    let (name, rest) = line[1..].split_once(char::is_whitespace).unwrap_or((&line[1..], ""));
    if name == "sql" && !matches!(rest.trim(), "" | "on" | "off") {
        // `\sql dumpheap -stat` shows the statements of a word, which is no setting.
        return None;
    }
    Some(setting(name, rest.trim()).ok_or_else(|| usage(name)))
}

/// The setting that a name and what stands behind it mean; `None` when it is not used so.
fn setting(name: &str, rest: &str) -> Option<Setting> {
    let on = || match rest {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    let alone = |setting: Setting| rest.is_empty().then_some(setting);
    let one_word = || (!rest.is_empty() && !rest.contains(char::is_whitespace)).then(|| rest.to_owned());
    match name {
        "format" => Format::from_word(rest).map(Setting::Format),
        "timing" if rest.is_empty() => Some(Setting::Timing(None)),
        "timing" => on().map(|on| Setting::Timing(Some(on))),
        "pager" if rest.is_empty() => Some(Setting::Pager(None)),
        "pager" => on().map(|on| Setting::Pager(Some(on))),
        "o" => Some(Setting::Output((!rest.is_empty()).then(|| PathBuf::from(unquoted(rest))))),
        "i" if !rest.is_empty() => Some(Setting::Include(PathBuf::from(unquoted(rest)))),
        "set" if rest.is_empty() => Some(Setting::Set(None)),
        "set" => {
            let (name, value) = rest.split_once(char::is_whitespace)?;
            Some(Setting::Set(Some((parameter(name)?, value.trim().to_owned()))))
        }
        "unset" => one_word().as_deref().and_then(parameter).map(Setting::Unset),
        "sql" if rest.is_empty() => Some(Setting::LastSql),
        "sql" => on().map(Setting::Sql),
        "results" => alone(Setting::Results),
        "history" if rest.is_empty() => Some(Setting::History(HISTORY_SHOWN)),
        "history" => rest.parse().ok().map(Setting::History),
        "help" | "?" => alone(Setting::Help),
        "quit" | "q" => alone(Setting::Quit),
        _ => None,
    }
}

/// The name of a parameter, which may be written as it is used, with a colon.
fn parameter(name: &str) -> Option<String> {
    let name = name.strip_prefix(':').unwrap_or(name);
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (begins && name.chars().all(|c| c.is_alphanumeric() || c == '_')).then(|| name.to_owned())
}

/// A path without the quotes around it.
fn unquoted(path: &str) -> &str {
    let inner = |quote| path.strip_prefix(quote).and_then(|path| path.strip_suffix(quote));
    inner('\'').or_else(|| inner('"')).unwrap_or(path)
}

/// How a setting is used, or which there are.
fn usage(name: &str) -> String {
    match setting_doc(name) {
        Some(setting) => format!("\\{name} is used as `{}`", form(name, setting.takes)),
        None => {
            let known: Vec<_> = SETTINGS.iter().map(|setting| format!("\\{}", setting.names[0])).collect();
            format!("no setting `\\{name}`; there are {}", known.join(", "))
        }
    }
}

fn form(name: &str, takes: Takes) -> String {
    match takes {
        Takes::Nothing => format!("\\{name}"),
        Takes::Word(words) => format!("\\{name} {}", words.join("|")),
        Takes::File(what) | Takes::Script(what) | Takes::Parameter(what) | Takes::Other(what) => {
            format!("\\{name} {what}")
        }
    }
}

/// How each setting is written and what it does.
pub(in crate::cli) fn settings() -> Vec<(String, String)> {
    let setting = |doc: &SettingDoc| (form(doc.names[0], doc.takes), doc.summary.to_owned());
    SETTINGS.iter().map(setting).collect()
}

/// What `\help` shows.
pub(super) fn help() -> String {
    let mut text = String::from(
        "Enter answers a statement; it goes on in the next line while a parenthesis or quote is\n\
         open, or after a \\ at the end of the line. Several are separated by ;\n\
         Tab completes, the right arrow takes what is shown in grey, Ctrl-R searches what was\n\
         entered before. Ctrl-C stops an answer or clears the line; twice at an empty one leaves.\n\
         `help`, `tables` and `describe NAME` explain the language.\n\n",
    );
    for setting in SETTINGS {
        let names: Vec<_> = setting.names[1..].iter().map(|name| format!(", \\{name}")).collect();
        let form = format!("{}{}", form(setting.names[0], setting.takes), names.concat());
        text.push_str(&format!("  {form:41}  {}\n", setting.summary));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_takes_what_it_lists() {
        for setting in SETTINGS {
            for name in setting.names {
                let values: Vec<&str> = match setting.takes {
                    Takes::Nothing => vec![""],
                    Takes::Word(words) => words.to_vec(),
                    Takes::File(_) | Takes::Script(_) => vec!["some/file.hql", "'with blanks'"],
                    Takes::Parameter(what) if what.contains("VALUE") => vec!["", "min 1mb", ":min 1mb"],
                    Takes::Parameter(_) => vec!["min", ":min"],
                    Takes::Other(_) => vec!["", "5"],
                };
                for value in values {
                    assert!(parse(&format!(" \\{name} {value} ")).unwrap().is_ok(), "{name} {value}");
                }
            }
        }
        assert_eq!(FORMATS, Format::ALL.map(Format::word));
    }

    #[test]
    fn statements_are_none() {
        for line in [
            "select count",
            "help",
            "",
            "quitting",
            "run",
            "runs x",
            "select 1 -- quit",
            "\\sql dumpheap -stat",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn there_are_several_ways_out() {
        for line in ["quit", "exit;", " EXIT ", "q", "\\quit", "\\q"] {
            assert_eq!(parse(line), Some(Ok(Setting::Quit)), "{line}");
        }
    }

    #[test]
    fn values_are_taken_as_they_are_meant() {
        let right = |line| parse(line).unwrap().unwrap();
        assert_eq!(right("\\set name 'a  b'"), Setting::Set(Some(("name".into(), "'a  b'".into()))));
        assert_eq!(right("\\unset :name"), Setting::Unset("name".into()));
        assert_eq!(right("\\sql"), Setting::LastSql);
        assert_eq!(right("\\o"), Setting::Output(None));
        assert_eq!(right("\\timing off"), Setting::Timing(Some(false)));
        assert_eq!(right("\\timing"), Setting::Timing(None));
        assert_eq!(right("\\pager"), Setting::Pager(None));
        assert_eq!(right("\\o my answers.txt"), Setting::Output(Some("my answers.txt".into())));
        assert_eq!(right("\\i \"a b.hql\""), Setting::Include("a b.hql".into()));
        assert_eq!(right("run biggest-types;"), Setting::Include("biggest-types".into()));
    }

    #[test]
    fn slips_are_told_with_what_is_right() {
        let wrong = |line| parse(line).unwrap().unwrap_err();
        assert_eq!(
            wrong("\\format xml"),
            "\\format is used as `\\format table|json|csv|ndjson|markdown|html|parquet|dot|mermaid`"
        );
        assert_eq!(wrong("\\timing on off"), "\\timing is used as `\\timing on|off`");
        assert_eq!(wrong("\\i"), "\\i is used as `\\i FILE`");
        assert_eq!(wrong("\\set 1x 5"), "\\set is used as `\\set [NAME VALUE]`");
        assert_eq!(wrong("\\unset"), "\\unset is used as `\\unset NAME`");
        assert!(wrong("\\x").starts_with("no setting `\\x`; there are \\format, \\timing, \\pager,"));
    }

    #[test]
    fn help_lists_every_setting_in_lines_that_fit() {
        for setting in SETTINGS {
            assert!(setting.names.iter().all(|name| help().contains(&format!("\\{name}"))));
        }
        assert!(help().lines().all(|line| line.chars().count() <= 110), "{}", help());
    }
}
