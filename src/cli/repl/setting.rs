//! Lines that are meant for the prompt, not for the language.

use crate::output::Format;

/// What a line asks of the prompt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Write answers in this format from now on.
    Format(Format),
    /// Tell, or do not tell, how long answers took.
    Timing(bool),
    /// Explain the prompt.
    Help,
    /// End.
    Quit,
}

/// The settings' words with the values they take, for help, completion and messages.
pub(super) const SETTINGS: [(&str, &[&str], &str); 4] = [
    (
        "format",
        &["table", "json", "csv", "ndjson", "markdown", "html", "parquet", "dot", "mermaid"],
        "how answers are written",
    ),
    ("timing", &["on", "off"], "whether the time an answer took is shown"),
    ("help", &[], "this list"),
    ("quit", &[], "leave; also quit, exit, Ctrl-D"),
];

/// Whether a line is meant for the prompt.
pub(super) fn is_setting(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('\\') && line != "\\"
}

/// What a line asks of the prompt, or `None` when it is a statement.
///
/// # Errors
/// What is wrong with a line that starts like a setting.
pub(super) fn parse(line: &str) -> Option<Result<Setting, String>> {
    let line = line.trim().trim_end_matches(';').trim_end();
    if matches!(line.to_ascii_lowercase().as_str(), "quit" | "exit") {
        return Some(Ok(Setting::Quit));
    }
    if !is_setting(line) {
        return None;
    }
    let mut words = line[1..].split_whitespace();
    let (name, value, more) = (words.next().unwrap_or_default(), words.next(), words.next());
    Some(if more.is_some() { Err(usage(name)) } else { setting(name, value) })
}

fn setting(name: &str, value: Option<&str>) -> Result<Setting, String> {
    match (name, value) {
        ("format", Some(word)) => Format::from_word(word).map(Setting::Format),
        ("timing", Some("on")) => Some(Setting::Timing(true)),
        ("timing", Some("off")) => Some(Setting::Timing(false)),
        ("help", None) => Some(Setting::Help),
        ("quit", None) => Some(Setting::Quit),
        _ => None,
    }
    .ok_or_else(|| usage(name))
}

/// How a setting is used, or which there are.
fn usage(name: &str) -> String {
    match SETTINGS.iter().find(|(known, ..)| *known == name) {
        Some((_, values, _)) => format!("\\{name} is used as `{}`", form(name, values)),
        None => {
            let known: Vec<_> = SETTINGS.iter().map(|(known, ..)| format!("\\{known}")).collect();
            format!("no setting `\\{name}`; there are {}", known.join(", "))
        }
    }
}

fn form(name: &str, values: &[&str]) -> String {
    if values.is_empty() { format!("\\{name}") } else { format!("\\{name} {}", values.join("|")) }
}

/// What `\help` shows.
pub(super) fn help() -> String {
    let mut text = String::from(
        "Enter answers a statement; it goes on in the next line while a parenthesis or quote is\n\
         open, or after a \\ at the end of the line. Several are separated by ;\n\
         Tab completes, Ctrl-R searches what was asked before, Ctrl-C stops an answer or clears\n\
         the line. `help`, `tables` and `describe NAME` explain the language.\n\n",
    );
    for (name, values, summary) in SETTINGS {
        text.push_str(&format!("  {:32}  {summary}\n", form(name, values)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_takes_the_values_it_lists() {
        for (name, values, _) in SETTINGS {
            if values.is_empty() {
                assert!(parse(&format!("\\{name}")).unwrap().is_ok(), "{name}");
            }
            for value in values {
                assert!(parse(&format!(" \\{name} {value} ")).unwrap().is_ok(), "{name} {value}");
            }
        }
        assert_eq!(SETTINGS[0].1, Format::ALL.map(Format::word));
    }

    #[test]
    fn statements_are_none() {
        for line in ["select count", "help", "tables", "", "quitting", "select 1 -- quit"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn there_are_several_ways_out() {
        for line in ["quit", "exit;", " EXIT ", "\\quit"] {
            assert_eq!(parse(line), Some(Ok(Setting::Quit)), "{line}");
        }
    }

    #[test]
    fn slips_are_told_with_what_is_right() {
        let wrong = |line| parse(line).unwrap().unwrap_err();
        assert_eq!(
            wrong("\\format xml"),
            "\\format is used as `\\format table|json|csv|ndjson|markdown|html|parquet|dot|mermaid`"
        );
        assert_eq!(wrong("\\timing on off"), "\\timing is used as `\\timing on|off`");
        assert_eq!(wrong("\\x"), "no setting `\\x`; there are \\format, \\timing, \\help, \\quit");
    }

    #[test]
    fn help_lists_every_setting() {
        for (name, ..) in SETTINGS {
            assert!(help().contains(&format!("\\{name}")));
        }
    }
}
