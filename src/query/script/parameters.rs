//! The parameters of scripts: what is declared, what is given, what is used.

use super::scan::parameter_uses;
use super::{Origin, Script};
use crate::diagnostic::{Diagnostic, Span, nearest, one_of};

/// A parameter that a script declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, which statements write with a colon before it.
    pub name: String,
    /// The value that it has unless another one is given; `None` where one must be given.
    pub default: Option<String>,
    /// What it is for.
    pub summary: String,
}

/// The first place at which a script uses a parameter that neither it declares with a default nor `given` has, and what
/// is wrong there.
pub fn undeclared_parameter(script: &Script, given: &[&str]) -> Option<(Origin, Diagnostic)> {
    let declared = |name: &str| script.parameters.iter().find(|parameter| parameter.name == name);
    for statement in &script.statements {
        for (name, span) in parameter_uses(statement.origin.text()) {
            let declaration = declared(name);
            if given.contains(&name) || declaration.is_some_and(|parameter| parameter.default.is_some()) {
                continue;
            }
            let diagnostic = match declaration {
                Some(parameter) => Diagnostic::new(
                    span,
                    format!("the parameter `{name}` has no value: {}", parameter.summary),
                )
                .hint(format!("give it one: `-p {name}=VALUE`")),
                None => undeclared(name, span, script, given),
            };
            return Some((statement.origin.clone(), diagnostic));
        }
    }
    None
}

fn undeclared(name: &str, span: Span, script: &Script, given: &[&str]) -> Diagnostic {
    let known = script.parameters.iter().map(|parameter| parameter.name.as_str());
    let known: Vec<&str> = known.chain(given.iter().copied()).collect();
    let diagnostic = Diagnostic::new(span, format!("there is no parameter `{name}`"));
    match nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.hint(format!("did you mean `:{near}`?")),
        None => diagnostic.hint(format!(
            "give it on the command line, `-p {name}=VALUE`, or declare it in the script: `-- param {name} = DEFAULT: what it is for`"
        )),
    }
}

/// What is wrong with the first of `given` that no script declares or uses; `None` where all are known.
pub fn unknown_parameter(scripts: &[Script], given: &[&str]) -> Option<String> {
    let declared = scripts.iter().flat_map(|script| &script.parameters).map(|p| p.name.as_str());
    let statements = scripts.iter().flat_map(|script| &script.statements);
    let used = statements.flat_map(|statement| parameter_uses(statement.origin.text())).map(|(name, _)| name);
    let mut known: Vec<&str> = declared.chain(used).collect();
    known.sort_unstable();
    known.dedup();
    let unknown = given.iter().find(|name| !known.contains(name))?;
    let rest = match nearest(unknown, known.iter().copied()) {
        Some(near) => format!("did you mean `-p {near}=...`?"),
        None if known.is_empty() => "nothing that is asked takes a parameter".to_owned(),
        None => format!("there is {}", one_of(&known)),
    };
    Some(format!("there is no parameter `{unknown}`: {rest}"))
}
