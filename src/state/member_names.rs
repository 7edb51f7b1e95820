//! Names that compilers make, as the names in the source that they come from.
//!
//! Forms as Roslyn writes them (`GeneratedNames.cs`): `<Park>d__6` the state machine of a method, `<>c.<Main>b__4_3` a lambda
//! in it, `<Main>g__Local|0_0` a local function, `<>c__DisplayClass14_0` what lambdas of a method have captured.

/// Brackets within brackets that are looked into: compilers nest three.
const MAX_NESTED: usize = 8;

/// A name that may be a compiler's as a person reads it: `Shop.Cart+<Pay>d__6` is `Shop.Cart.Pay`,
/// `Shop.Cart+<>c.<Pay>b__0_1` is `a lambda in Shop.Cart.Pay`. Other names are left as they are.
pub fn readable(name: &str) -> String {
    let Some(open) = outermost_made(name) else { return name.to_owned() };
    let declaring = name[..open].trim_end_matches(['+', '.']);
    source_of(declaring, &name[open..]).unwrap_or_else(|| name.to_owned())
}

/// What the compiler's part of a name comes from; `None` where it is in no known form.
fn source_of(declaring: &str, made: &str) -> Option<String> {
    let mut made = made;
    for _ in 0..MAX_NESTED {
        let (inner, kind, rest) = made_name(made)?;
        made = match kind {
            // A class of lambdas: the method stands in the name behind it.
            'c' => match rest.find('<') {
                Some(at) => &rest[at..],
                None => return Some(format!("what lambdas of {declaring} captured")),
            },
            'b' => return Some(format!("a lambda in {}", method(declaring, inner))),
            'g' => {
                let local = rest.trim_start_matches('_');
                let local = local.split(['|', '>']).next().unwrap_or(local);
                return Some(format!("{}.{local}", method(declaring, inner)));
            }
            // The state machine of a lambda or a local function, whose own name stands inside.
            'd' if inner.starts_with('<') => inner,
            'd' | '$' => return Some(method(declaring, inner)),
            _ => return None,
        };
    }
    None
}

/// A method of a type, by its name or that of what was made within it.
fn method(declaring: &str, name: &str) -> String {
    let mut name = name;
    for _ in 0..MAX_NESTED {
        let Some((inner, ..)) = made_name(name) else { break };
        name = inner;
    }
    // Explicit implementations have the interface's name before.
    let name = name.rsplit('.').next().unwrap_or(name);
    if declaring.is_empty() { name.to_owned() } else { format!("{declaring}.{name}") }
}

/// Where the compiler's part of a name begins: at a `<` behind a `+`, a `.` or nothing.
fn outermost_made(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    (0..bytes.len()).find(|&at| bytes[at] == b'<' && (at == 0 || matches!(bytes[at - 1], b'+' | b'.')))
}

/// What stands in the brackets at the start of a name, the letter behind them, and what follows that.
fn made_name(name: &str) -> Option<(&str, char, &str)> {
    let inside = name.strip_prefix('<')?;
    let mut depth = 1;
    let close = inside.char_indices().find(|&(_, c)| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        depth == 0
    });
    let (close, _) = close?;
    let behind = &inside[close + 1..];
    let kind = behind.chars().next()?;
    Some((&inside[..close], kind, &behind[kind.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_compilers_tell_what_they_come_from() {
        let cases = [
            ("Shop.Cart+<Pay>d__6", "Shop.Cart.Pay"),
            ("Shop.Cart+<>c.<Pay>b__4_3", "a lambda in Shop.Cart.Pay"),
            ("Shop.Cart+<>c__DisplayClass4_0.<Pay>b__1", "a lambda in Shop.Cart.Pay"),
            ("Shop.Cart+<>c__DisplayClass4_0", "what lambdas of Shop.Cart captured"),
            ("Shop.Cart+<>c__DisplayClass10_0+<<Pay>g__Retry|0>d", "Shop.Cart.Pay.Retry"),
            ("Shop.Cart+<>c+<<Pay>b__3_0>d", "a lambda in Shop.Cart.Pay"),
            ("Program+<<Main>$>d__0", "Program.Main"),
            ("Shop.Cart.<Pay>g__Retry|0_0", "Shop.Cart.Pay.Retry"),
            ("Shop.Cart+<Shop.IPay.Pay>d__2", "Shop.Cart.Pay"),
            ("Shop.Cart", "Shop.Cart"),
            ("System.Func<Shop.Cart>", "System.Func<Shop.Cart>"),
            ("Shop.Cart+<Pay", "Shop.Cart+<Pay"),
            ("", ""),
        ];
        for (made, source) in cases {
            assert_eq!(readable(made), source, "{made}");
        }
    }
}
