//! Scripts as texts: headers, titles, includes, parameters.

use std::collections::BTreeMap;

use super::*;
use crate::error::{Error, ErrorKind};

/// Texts by their names.
struct Texts(BTreeMap<&'static str, String>);

impl Texts {
    fn of<const N: usize>(texts: [(&'static str, &str); N]) -> Texts {
        Texts(texts.map(|(name, text)| (name, text.to_owned())).into())
    }

    fn text(&self, name: &str) -> crate::Result<ScriptText> {
        let text =
            self.0.get(name).ok_or_else(|| Error::new(ErrorKind::Io, format!("cannot read {name}")))?;
        Ok(ScriptText { name: Some(name.into()), identity: name.into(), text: text.clone() })
    }

    fn load(&self, name: &str) -> Result<Script, String> {
        load(self.text(name).unwrap(), self).map_err(|error| error.to_string())
    }
}

impl ScriptTexts for Texts {
    fn included(&self, file: &str, _: &str) -> crate::Result<ScriptText> {
        self.text(file)
    }
}

fn script(text: &str) -> Result<Script, String> {
    Texts::of([("a.hql", text)]).load("a.hql")
}

fn wrong(text: &str) -> String {
    script(text).unwrap_err()
}

fn statements(script: &Script) -> Vec<(&str, Option<&str>)> {
    script.statements.iter().map(|s| (s.origin.text(), s.title.as_deref())).collect()
}

const WHOLE: &str = "\
-- question: What is big?
-- dumps: 2+
-- param min = 1mb: objects at least so big
-- param like = 'a: b': of types like this
-- param type: the type
--
-- Some words: nothing more.

-- title: The biggest
-- (those of one size together)
select type -- title: not this one
where size > :min;

tables; -- title: nor this
-- title: All types
select count;
";

#[test]
fn a_header_says_what_a_script_is_for() {
    let script = script(WHOLE).unwrap();
    assert_eq!(script.question.as_deref(), Some("What is big?"));
    assert_eq!(script.dumps.to_string(), "2+");
    let parameter = |name: &str, default: Option<&str>, summary: &str| Parameter {
        name: name.into(),
        default: default.map(str::to_owned),
        summary: summary.into(),
    };
    assert_eq!(
        script.parameters,
        [
            parameter("min", Some("1mb"), "objects at least so big"),
            parameter("like", Some("'a: b'"), "of types like this"),
            parameter("type", None, "the type"),
        ]
    );
}

#[test]
fn the_last_title_before_a_statement_is_its_own() {
    let script = script(WHOLE).unwrap();
    let titles: Vec<_> = statements(&script).into_iter().map(|(_, title)| title).collect();
    assert_eq!(titles, [Some("The biggest"), None, Some("All types")]);
}

#[test]
fn a_text_without_a_header_is_a_script_for_any_number_of_dumps() {
    let script = script("select count; -- min: 3\n select 'it''s; -- dumps: 3';").unwrap();
    assert_eq!(statements(&script), [("select count", None), ("select 'it''s; -- dumps: 3'", None)]);
    assert!(script.dumps.allows(1) && script.dumps.allows(7) && script.question.is_none());
    assert!(!DumpCount { least: 2, more: true }.allows(1) && !DumpCount { least: 1, more: false }.allows(2));
}

#[test]
fn slips_in_a_header_have_their_place() {
    assert_eq!(
        wrong("-- dumps: some\nselect 1"),
        "error: not a number of dumps\n --> a.hql:1:11\n  |\n1 | -- dumps: some\n  |           ^^^^\n  \
         = expected: `1`, `2`, `1+` or `2+`"
    );
    assert!(wrong("-- param = 3: x\nselect 1").contains("a parameter without a name"));
    assert!(wrong("-- param min = 3\nselect 1").contains("it is not said what `min` is for"));
    assert!(
        wrong("-- param a: x\n-- param a: y\nselect 1").contains("`a` is declared twice\n --> a.hql:2:10")
    );
    for late in ["select 1;\n-- param a: x\nselect 2", "select 1;\n-- dumps: 1\n"] {
        assert!(wrong(late).contains("the header of a script stands before its first statement"), "{late}");
    }
}

#[test]
fn a_script_has_the_statements_and_the_parameters_of_what_it_includes() {
    let texts = Texts::of([
        ("a.hql", "-- question: A?\n-- param min = 1: of a\nselect 1;\ninclude 'b.hql';\nselect 3 :min"),
        (
            "b.hql",
            "-- question: B?\n-- dumps: 2\n-- param min = 2: of b\n-- param max = 9: of b\n-- title: two\nselect 2",
        ),
    ]);
    let script = texts.load("a.hql").unwrap();
    let expected = [("select 1", None), ("select 2", Some("two")), ("select 3 :min", None)];
    assert_eq!(statements(&script), expected);
    assert_eq!((script.question.as_deref(), script.dumps), (Some("A?"), DumpCount::default()));
    let parameters: Vec<_> =
        script.parameters.iter().map(|p| (p.name.as_str(), p.default.as_deref())).collect();
    assert_eq!(parameters, [("min", Some("1")), ("max", Some("9"))]);
    let wrong = Diagnostic::new(7..8, "no");
    let told = script.statements[1].origin.render(&wrong);
    assert_eq!(told, "error: no\n --> b.hql:6:8\n  |\n6 | select 2\n  |        ^");
}

#[test]
fn loops_and_endless_includes_are_refused() {
    let texts = Texts::of([("a.hql", "include 'b.hql'"), ("b.hql", "select 1; Include 'a.hql'")]);
    let told = texts.load("a.hql").unwrap_err();
    assert!(told.contains("the script includes itself\n --> b.hql:1:19"), "{told}");
    let names: Vec<&'static str> = (0..20).map(|n| &*format!("{n}").leak()).collect();
    let deep = Texts((0..19).map(|n| (names[n], format!("include '{}'", n + 1))).collect());
    assert!(deep.load("0").unwrap_err().contains("too many texts are included"));
    let wide = Texts::of([("a", "include 'b';"), ("b", "")]);
    assert!(wide.load("a").is_ok());
    let wide = Texts([("a", "include 'b';".repeat(300)), ("b", String::new())].into());
    assert!(wide.load("a").unwrap_err().contains("too many texts are included"));
}

#[test]
fn an_include_that_cannot_be_read_is_told_at_its_place() {
    let told = wrong("tables;\ninclude 'no.hql'");
    assert!(told.starts_with("error: cannot read no.hql\n --> a.hql:2:9\n"), "{told}");
}

#[test]
fn uses_of_parameters_are_held_against_declarations() {
    let text =
        "-- param min = 1: x\n-- param name: the name\nselect ':no', :min -- :no\n;\nselect :name, :nam";
    let script = script(text).unwrap();
    let told = |given: &[&str]| {
        undeclared_parameter(&script, given).map(|(origin, diagnostic)| origin.render(&diagnostic))
    };
    let unset = "error: the parameter `name` has no value: the name\n --> a.hql:5:8\n  |\n5 | select :name, :nam\n  \
                 |        ^^^^^\n  = help: give it one: `-p name=VALUE`";
    assert_eq!(told(&[]).as_deref(), Some(unset));
    assert!(told(&["name"]).unwrap().contains("there is no parameter `nam`"));
    assert!(told(&["name"]).unwrap().ends_with("did you mean `:name`?"));
    assert_eq!(told(&["name", "nam"]), None);
}

#[test]
fn unknown_parameters_are_refused_with_near_names() {
    let scripts = [script("-- param min = 1: x\nselect :other").unwrap()];
    let told = |given: &[&str]| unknown_parameter(&scripts, given);
    assert_eq!(told(&["min", "other"]), None);
    assert_eq!(told(&["mni"]).as_deref(), Some("there is no parameter `mni`: did you mean `-p min=...`?"));
    assert_eq!(told(&["xyzzy"]).as_deref(), Some("there is no parameter `xyzzy`: there is min or other"));
    let none = [script("select 1").unwrap()];
    let told = unknown_parameter(&none, &["a"]).unwrap();
    assert_eq!(told, "there is no parameter `a`: nothing that is asked takes a parameter");
}

proptest::proptest! {
    #[test]
    fn any_text_is_survived(text in "(-- |param |title: |include |'|;|:a|=|\\n|[a-z ]|\\PC){0,40}") {
        if let Ok(script) = script(&text) {
            let _ = undeclared_parameter(&script, &[]);
        }
    }
}
