//! Puts a script together: its own text and what it includes.

use std::sync::Arc;

use super::header::Remark;
use super::parameters::Parameter;
use super::parts::{Part, parts};
use super::{Origin, Script, ScriptError, ScriptStatement};
use crate::diagnostic::{Diagnostic, Span};
use crate::limits::{MAX_INCLUDE_DEPTH, MAX_INCLUDES};

/// The text of a script.
#[derive(Clone, Debug)]
pub struct ScriptText {
    /// What it is called in messages; `None` for what was typed on the command line.
    pub name: Option<String>,
    /// What tells it from all other texts, whatever path leads to it.
    pub identity: String,
    /// The text.
    pub text: String,
}

/// Where included texts are found.
pub trait ScriptTexts {
    /// The text that `include 'file'` means within the text of that identity.
    ///
    /// # Errors
    /// There is none, or it may not be read from there.
    fn included(&self, file: &str, within: &str) -> crate::Result<ScriptText>;
}

/// Makes a script of a text and of what it includes. What the header of an included text says about questions and dumps
/// is about that text alone; its parameters are the script's too, unless the script declares them itself.
///
/// # Errors
/// A header that is not as it should be; a text that cannot be read or that includes itself.
pub fn load(text: ScriptText, texts: &dyn ScriptTexts) -> Result<Script, ScriptError> {
    let mut loading = Loading { texts, open: Vec::new(), included: 0, script: Script::default() };
    loading.add(text)?;
    Ok(loading.script)
}

struct Loading<'a> {
    texts: &'a dyn ScriptTexts,
    /// The identities of the texts that are being read, the outermost first.
    open: Vec<String>,
    included: usize,
    script: Script,
}

impl Loading<'_> {
    fn add(&mut self, text: ScriptText) -> Result<(), ScriptError> {
        let (file, whole) = (text.name.map(Arc::from), Arc::<str>::from(text.text));
        let origin = |range: Span| Origin { file: file.clone(), text: Arc::clone(&whole), range };
        let wrong = |diagnostic| ScriptError::Wrong(Box::new((origin(0..whole.len()), diagnostic)));
        let parts = parts(&whole).map_err(wrong)?;
        self.open.push(text.identity);
        for part in parts {
            match part {
                Part::Remark(said) => self.remark(said).map_err(wrong)?,
                Part::Statement { range, title } => {
                    self.script.statements.push(ScriptStatement { origin: origin(range), title });
                }
                Part::Include { file, span } => self.include(&file, span, &wrong)?,
            }
        }
        self.open.pop();
        Ok(())
    }

    fn remark(&mut self, said: Remark) -> Result<(), Diagnostic> {
        let outermost = self.open.len() == 1;
        match said {
            Remark::Question(question) if outermost => self.script.question = Some(question),
            Remark::Dumps(dumps) if outermost => self.script.dumps = dumps,
            Remark::Parameter { name, span, default, summary } => {
                match self.script.parameters.iter().find(|known| known.name == name) {
                    None => self.script.parameters.push(Parameter { name, default, summary }),
                    Some(_) if outermost => {
                        return Err(Diagnostic::new(span, format!("`{name}` is declared twice")));
                    }
                    Some(_) => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn include(
        &mut self,
        file: &str,
        span: Span,
        wrong: &dyn Fn(Diagnostic) -> ScriptError,
    ) -> Result<(), ScriptError> {
        let refuse = |message: &str| wrong(Diagnostic::new(span.clone(), message));
        self.included += 1;
        if self.open.len() > MAX_INCLUDE_DEPTH || self.included > MAX_INCLUDES {
            return Err(refuse("too many texts are included"));
        }
        let within = self.open.last().map_or("", String::as_str);
        let text = self.texts.included(file, within).map_err(|error| {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            let refused = Diagnostic::new(span.clone(), format!("{error}{cause}"));
            wrong(match error.hint_text() {
                Some(hint) => refused.hint(hint),
                None => refused,
            })
        })?;
        if self.open.contains(&text.identity) {
            return Err(refuse("the script includes itself"));
        }
        self.add(text)
    }
}
