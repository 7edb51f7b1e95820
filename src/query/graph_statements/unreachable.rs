//! What is said of objects that nothing keeps alive.

use super::subject::Subject;
use crate::graph::{Root, RootKind};
use crate::problem::Problem;

/// Says that no root reaches any of the objects. `others` are the entries that reach them and do not keep alive.
pub fn problem<'a>(subject: &Subject<'_>, others: impl Iterator<Item = &'a Root>) -> Problem {
    let (mut finalizable, mut dependent) = (None, None);
    for root in others {
        let itself = subject.objects.binary_search(&root.object).is_ok();
        let seen = match root.kind {
            RootKind::Finalizable => &mut finalizable,
            RootKind::DependentHandle => &mut dependent,
            _ => continue,
        };
        *seen = Some(itself || *seen == Some(true));
    }
    let name = &subject.name;
    let what = if subject.objects.len() == 1 { "it is" } else { "some are" };
    let held = if subject.objects.len() == 1 { "it is held by" } else { "some are held by" };
    let mut message = format!("{name}: not reachable from any root: garbage that has not been collected");
    match finalizable {
        Some(true) => message.push_str(&format!("; {what} registered for finalization")),
        Some(false) => message.push_str(&format!("; {held} an object that is registered for finalization")),
        None => {}
    }
    match dependent {
        Some(true) => {
            message.push_str(&format!("; {what} attached by a dependent handle to a key that is dead"))
        }
        Some(false) => message
            .push_str(&format!("; {held} an object that a dependent handle attaches to a key that is dead")),
        None => {}
    }
    Problem::note(message)
}
