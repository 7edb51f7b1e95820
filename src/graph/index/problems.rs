//! What was left out, as text within a section: a list of (severity, message, hint) in JSON.

use serde::{Deserialize, Serialize};

use crate::problem::{Problem, Severity};

#[derive(Deserialize, Serialize)]
struct Told {
    loss: bool,
    message: String,
    hint: Option<String>,
}

/// The bytes of a section of `problems`.
pub(super) fn to_bytes<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Vec<u8> {
    let told = |problem: &Problem| Told {
        loss: problem.severity == Severity::Loss,
        message: problem.message.clone(),
        hint: problem.hint.clone(),
    };
    let told: Vec<Told> = problems.into_iter().map(told).collect();
    serde_json::to_vec(&told).expect("texts become JSON")
}

/// The problems of a section; `None` when it is none.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<Vec<Problem>> {
    let told: Vec<Told> = serde_json::from_slice(bytes).ok()?;
    let problem = |told: Told| Problem {
        severity: if told.loss { Severity::Loss } else { Severity::Note },
        message: told.message,
        hint: told.hint,
    };
    Some(told.into_iter().map(problem).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_come_back_as_they_were() {
        let problems = [Problem::loss("2 pages\u{202e} \"lost\"").hint("again"), Problem::note("a name")];
        assert_eq!(from_bytes(&to_bytes(&problems)).unwrap(), problems);
        assert_eq!(from_bytes(&to_bytes([])).unwrap(), []);
    }

    #[test]
    fn other_bytes_are_no_problems() {
        for bytes in [&b""[..], b"\xff", b"[1]", b"[{\"loss\":true}]"] {
            assert_eq!(from_bytes(bytes), None);
        }
    }
}
