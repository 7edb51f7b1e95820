//! Names of types without their namespaces, where that leaves no doubt.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The names that occur together, so that two types of one short name can be told apart.
#[derive(Debug, Default)]
pub(super) struct ShortNames {
    /// For each short name the names that it stands for.
    known: BTreeMap<String, BTreeSet<String>>,
}

impl ShortNames {
    /// The short forms of `names`.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> ShortNames {
        let mut short_names = ShortNames::default();
        for name in names {
            short_names.known.entry(short(name)).or_default().insert(name.to_owned());
        }
        short_names
    }

    /// The name without namespaces, those of generic arguments included; as it is where another of the names that occur would
    /// read the same.
    pub fn of<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let short = short(name);
        if self.known.get(&short).is_some_and(|names| names.len() > 1) {
            return Cow::Borrowed(name);
        }
        Cow::Owned(short)
    }
}

/// `Type.Field` or `Type.Method` of a name with namespaces.
pub(super) fn short_member(name: &str) -> String {
    let mut depth = 0_i32;
    let mut last = None;
    let mut before = '.';
    for (at, c) in name.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            // A constructor's name begins with a point itself.
            '.' if depth == 0 && before != '.' => last = Some(at),
            _ => {}
        }
        before = c;
    }
    last.map_or_else(|| short(name), |at| format!("{}.{}", short(&name[..at]), &name[at + 1..]))
}

/// A name of a type without namespaces.
pub(super) fn short(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    for part in name.split_inclusive(['<', '>', ',', ' ', '[', ']', '+', '*', '&', '(', ')']) {
        let bare = part.trim_end_matches(['<', '>', ',', ' ', '[', ']', '+', '*', '&', '(', ')']);
        // File names in place of names: `zoo.dll!02000015`.
        let cut = if bare.contains('!') { 0 } else { bare.rfind('.').map_or(0, |point| point + 1) };
        short.push_str(&part[cut..]);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_go_from_types_and_their_arguments() {
        let cases = [
            ("System.Collections.Generic.List<Shop.Customer>", "List<Customer>"),
            ("System.EventHandler<System.String>", "EventHandler<String>"),
            ("A.B<C.D, E.F[]>+G[]", "B<D, F[]>+G[]"),
            ("A.Builder<V.T>+Box<Shop.Jobs+<Park>d__6>", "Builder<T>+Box<Jobs+<Park>d__6>"),
            ("Shop.Cart+<>c__DisplayClass1_0", "Cart+<>c__DisplayClass1_0"),
            ("zoo.dll!02000015", "zoo.dll!02000015"),
            ("Program", "Program"),
        ];
        for (name, expected) in cases {
            assert_eq!(short(name), expected);
        }
    }

    #[test]
    fn names_that_would_read_alike_stay_long() {
        let names = ShortNames::new(["A.Order", "B.Order", "B.Customer", "B.Customer"]);
        assert_eq!(
            ["A.Order", "B.Order", "B.Customer"].map(|name| names.of(name)),
            ["A.Order", "B.Order", "Customer"]
        );
    }

    #[test]
    fn members_keep_their_type() {
        let cases = [
            ("testwebapi.Controllers.DiagScenarioController.p", "DiagScenarioController.p"),
            ("Program.<Main>$", "Program.<Main>$"),
            ("A.B<C.D>.Run", "B<D>.Run"),
            ("A.B..ctor", "B..ctor"),
            ("A.B+<Run>d__1.MoveNext", "B+<Run>d__1.MoveNext"),
            ("lonely", "lonely"),
        ];
        for (name, expected) in cases {
            assert_eq!(short_member(name), expected);
        }
    }
}
