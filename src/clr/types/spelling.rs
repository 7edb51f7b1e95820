//! How listings spell types: `Namespace.Name`, nested types joined by `+`, generic arguments in angle brackets at the
//! part of the name that takes them, arrays by their rank: the spelling of SOS and ClrMD.

use crate::limits;

/// The largest rank of an array (ECMA-335 sets none, the runtime allows 32).
const MAX_RANK: u32 = 32;

/// `[]`, `[*]` for one dimension with a lower bound of its own, `[,]` for two.
pub(in crate::clr) fn array_suffix(sz: bool, rank: u32) -> String {
    match (sz, rank.clamp(1, MAX_RANK)) {
        (true, _) => "[]".to_owned(),
        (false, 1) => "[*]".to_owned(),
        (false, rank) => format!("[{}]", ",".repeat(rank as usize - 1)),
    }
}

/// A function pointer as `Result(Argument, Argument)`.
pub(in crate::clr) fn function(result: &str, arguments: &[impl AsRef<str>]) -> String {
    let mut name = result.to_owned();
    name.push('(');
    push_joined(&mut name, arguments);
    name.push(')');
    name
}

/// Hands the arguments out along a chain of nested types: every part ``name`k`` takes the next k. What
/// no part takes (a name that is only a token) stands at the end.
pub(in crate::clr) fn with_arguments(definition: &str, arguments: &[impl AsRef<str>]) -> String {
    if arguments.is_empty() {
        return definition.to_owned();
    }
    let mut rest = arguments;
    let room: usize = arguments.iter().map(|argument| argument.as_ref().len()).sum();
    let mut name = String::with_capacity(definition.len() + room.min(limits::MAX_TYPE_NAME_BYTES) + 16);
    for (index, part) in definition.split('+').enumerate() {
        if index > 0 {
            name.push('+');
        }
        let arity =
            part.rsplit_once('`').and_then(|(plain, count)| Some((plain, count.parse::<usize>().ok()?)));
        let Some((plain, count)) = arity else {
            name.push_str(part);
            continue;
        };
        let (taken, left) = rest.split_at(count.min(rest.len()));
        rest = left;
        name.push_str(plain);
        push_arguments(&mut name, taken);
    }
    push_arguments(&mut name, rest);
    name
}

fn push_arguments(name: &mut String, arguments: &[impl AsRef<str>]) {
    if !arguments.is_empty() {
        name.push('<');
        push_joined(name, arguments);
        name.push('>');
    }
}

/// The arguments with commas between them. Ends early in a name that is too long already: it will be cut.
fn push_joined(name: &mut String, arguments: &[impl AsRef<str>]) {
    for (index, argument) in arguments.iter().enumerate() {
        if name.len() > limits::MAX_TYPE_NAME_BYTES {
            return;
        }
        if index > 0 {
            name.push_str(", ");
        }
        name.push_str(argument.as_ref());
    }
}

/// Cuts a name that is longer than the cap.
pub(in crate::clr) fn cut(mut name: String) -> String {
    if name.len() > limits::MAX_TYPE_NAME_BYTES {
        let end = name.floor_char_boundary(limits::MAX_TYPE_NAME_BYTES);
        name.truncate(end);
        name.push_str("...");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_at_the_part_that_takes_them() {
        assert_eq!(
            with_arguments("System.Collections.Generic.Dictionary`2+Entry", &["System.String", "Zoo.Dog"]),
            "System.Collections.Generic.Dictionary<System.String, Zoo.Dog>+Entry"
        );
        assert_eq!(with_arguments("A`1+B+C`1", &["X", "Y"]), "A<X>+B+C<Y>");
        assert_eq!(with_arguments("Plain", &[""; 0]), "Plain");
    }

    #[test]
    fn a_name_that_is_only_a_token_keeps_its_arguments() {
        assert_eq!(with_arguments("zoo.dll!02000015", &["System.String"]), "zoo.dll!02000015<System.String>");
        assert_eq!(with_arguments("Odd`x", &["A"]), "Odd`x<A>");
    }

    #[test]
    fn arrays_show_their_rank() {
        assert_eq!(array_suffix(true, 1), "[]");
        assert_eq!(array_suffix(false, 1), "[*]");
        assert_eq!(array_suffix(false, 3), "[,,]");
        assert_eq!(array_suffix(false, u32::MAX), format!("[{}]", ",".repeat(31)));
    }

    #[test]
    fn functions_show_what_they_return_and_take() {
        assert_eq!(
            function("System.Void", &["System.Int32", "Zoo.Dog"]),
            "System.Void(System.Int32, Zoo.Dog)"
        );
        assert_eq!(function("System.Void", &[""; 0]), "System.Void()");
    }

    #[test]
    fn a_name_that_is_too_long_is_cut_at_a_letter() {
        let long = "é".repeat(limits::MAX_TYPE_NAME_BYTES);
        assert_eq!(cut(format!("x{long}")).len(), limits::MAX_TYPE_NAME_BYTES - 1 + 3);
        assert!(with_arguments("A`9", &[long.as_str(); 9]).len() < 3 * limits::MAX_TYPE_NAME_BYTES);
        assert_eq!(cut("short".to_owned()), "short");
    }
}
