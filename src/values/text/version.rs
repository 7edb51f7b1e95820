//! `System.Version`: `1.2.3.4`, without the parts that were not given.

use super::members::Members;
use super::{NoText, Text};

pub(super) fn version(members: &Members<'_>) -> Text {
    let mut parts = [0; 4];
    for (part, name) in parts.iter_mut().zip(["_Major", "_Minor", "_Build", "_Revision"]) {
        *part = members.integer(&[name])?;
    }
    spelled(parts).ok_or(NoText::Unknown)
}

/// Build and revision are -1 where they were not given; nothing else is below 0.
fn spelled(parts: [i128; 4]) -> Option<String> {
    let given = if parts[2] == -1 {
        2
    } else if parts[3] == -1 {
        3
    } else {
        4
    };
    let parts = parts.get(..given)?;
    let texts: Vec<String> = parts.iter().map(i128::to_string).collect();
    parts.iter().all(|&part| part >= 0).then(|| texts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_were_not_given_are_left_out() {
        assert_eq!(spelled([1, 2, 3, 4]).unwrap(), "1.2.3.4");
        assert_eq!(spelled([1, 2, 3, -1]).unwrap(), "1.2.3");
        assert_eq!(spelled([1, 0, -1, -1]).unwrap(), "1.0");
        assert_eq!(spelled([-1, 0, -1, -1]), None);
        assert_eq!(spelled([1, 0, -2, 0]), None);
    }
}
