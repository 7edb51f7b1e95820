//! What the names of types have in common from build to build.
//!
//! Compilers number what they generate, by the places of methods and closures in the source, so that a line added in
//! one place renames types in others: `<>c__DisplayClass14_0` becomes `<>c__DisplayClass15_0`. The key of a name is the
//! name without such numbers, hashes and places; how C# writes them is told by Roslyn's `GeneratedNames`
//! (src/Compilers/CSharp/Portable/Symbols/Synthesized), F# and Visual Basic by the names in their assemblies. Tokens that
//! stand for names (`zoo.dll!02000015`) are left: they say which type of a build it is.

use std::borrow::Cow;

/// Words of generated names behind which numbers follow.
const NUMBERED: [&str; 4] = ["c__DisplayClass", "f__AnonymousType", "f__AnonymousDelegate", "e__FixedBuffer"];

/// So many hexadecimal digits at least are a hash, not a number that someone wrote.
const HASH_DIGITS: usize = 16;

/// So many hexadecimal digits at least behind `0x` are an address.
const ADDRESS_DIGITS: usize = 5;

/// The name by which types of two builds or runs are matched: without the numbers, hashes and addresses that compilers
/// and runtimes put into names, at any depth of generic arguments and arrays. Names that have none are returned as they are.
/// Takes time in proportion to the name's length, and no stack.
///
/// ```
/// use heapql::diff::compare::names::key;
///
/// assert_eq!(key("Shop.Jobs+<Park>d__6"), "Shop.Jobs+<Park>d__");
/// assert_eq!(key("System.Func<Shop.Cart+<>c__DisplayClass14_0[]>"), "System.Func<Shop.Cart+<>c__DisplayClass[]>");
/// assert_eq!(key("Shop.Cart2"), "Shop.Cart2");
/// ```
pub fn key(name: &str) -> Cow<'_, str> {
    // What is common in names that programs write themselves is told from the rest without making a text.
    if !name.contains(['`', '@', '$']) && !name.contains("0x") && !begins_generated(name) {
        return Cow::Borrowed(name);
    }
    let key = Scanner { rest: name, out: String::with_capacity(name.len()), angles: Vec::new() }.key();
    if key == name { Cow::Borrowed(name) } else { Cow::Owned(key) }
}

/// The key of the name of a module: the file name without versions and hashes, by which load contexts and build tools
/// tell copies of one assembly apart (`plugin-1.2.3.dll`, `App_Web_1f3a9c27.dll`).
pub fn module_key(module: &str) -> Cow<'_, str> {
    let parts = || module.split_inclusive(['.', '-', '_', '+', '#', '~']);
    let is_plain = |part: &str| {
        let word = part.trim_end_matches(['.', '-', '_', '+', '#', '~']);
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let hexadecimal = word.bytes().all(|b| b.is_ascii_hexdigit());
        !(hexadecimal && digits > 0 && (digits == word.len() || word.len() >= 8))
    };
    if parts().all(is_plain) {
        return Cow::Borrowed(module);
    }
    Cow::Owned(parts().filter(|part| is_plain(part)).collect())
}

/// Whether an angle bracket stands where a name begins: a generated name, not the arguments of a generic one.
fn begins_generated(name: &str) -> bool {
    let mut begins = true;
    name.bytes().any(|b| {
        let found = begins && b == b'<';
        begins = is_separator(b) || b == b'<';
        found
    })
}

/// What stands between two parts of a name.
fn is_separator(b: u8) -> bool {
    matches!(b, b'.' | b'+' | b'/' | b',' | b' ' | b'[' | b']' | b'(' | b')' | b'*' | b'&')
}

/// What an open angle bracket belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Angle {
    /// The arguments of a generic type.
    Arguments,
    /// The first part of a generated name: `<Park>` of `<Park>d__6`.
    Generated,
}

/// Reads a name part by part.
struct Scanner<'a> {
    rest: &'a str,
    out: String,
    /// The angle brackets that are open, the outermost first.
    angles: Vec<Angle>,
}

impl<'a> Scanner<'a> {
    fn key(mut self) -> String {
        let mut begins = true;
        while let Some(&first) = self.rest.as_bytes().first() {
            match first {
                b'<' => {
                    self.angles.push(if begins { Angle::Generated } else { Angle::Arguments });
                    self.copy(1);
                    begins = true;
                }
                b'>' => {
                    self.copy(1);
                    if self.angles.pop() == Some(Angle::Generated) {
                        self.generated_word();
                    }
                    begins = false;
                }
                b'`' => {
                    self.arity();
                    begins = false;
                }
                first if is_separator(first) => {
                    self.copy(1);
                    begins = true;
                }
                _ => {
                    let word = self.take_word();
                    self.out.push_str(&plain_word(word));
                    begins = false;
                }
            }
        }
        self.out
    }

    /// Copies so many bytes, which must be whole characters.
    fn copy(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.out.push_str(taken);
        self.rest = rest;
    }

    /// Takes what stands before the next bracket, separator or arity.
    fn take_word(&mut self) -> &'a str {
        let ends = |b: u8| is_separator(b) || matches!(b, b'<' | b'>' | b'`');
        let end = self.rest.bytes().position(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// What follows the angle brackets of a generated name: what it is, a name, numbers.
    fn generated_word(&mut self) {
        let word = self.take_word();
        match file_local_name(word) {
            Some(name) => {
                self.out.push_str("F__");
                self.out.push_str(&plain_word(name));
            }
            None => self.out.push_str(without_numbers(word)),
        }
    }

    /// The number of generic parameters says nothing where the arguments follow.
    fn arity(&mut self) {
        let digits = self.rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let (arity, rest) = self.rest.split_at(1 + digits);
        if !rest.starts_with('<') {
            self.out.push_str(arity);
        }
        self.rest = rest;
    }
}

/// The name of a type that is local to a file, which stands behind a hash of the file's path: `F0123..__Name`.
fn file_local_name(word: &str) -> Option<&str> {
    let (hash, name) = word.strip_prefix('F')?.split_once("__")?;
    is_hash(hash).then_some(name)
}

/// The word of a generated name without the numbers that a compiler gave it.
fn without_numbers(word: &str) -> &str {
    let are_numbers = |text: &str| text.chars().all(|c| c.is_ascii_digit() || matches!(c, '_' | '#'));
    let numbered = |known: &&&str| word.strip_prefix(**known).is_some_and(are_numbers);
    if let Some(known) = NUMBERED.iter().find(numbered) {
        return &word[..known.len()];
    }
    // A local function: `g__Name|14_0`.
    if let Some((name, numbers)) = word.split_once('|')
        && numbers.split('|').all(are_numbers)
    {
        return name;
    }
    // `d__6`, `c__14`, `b__14_0`, `o__3`.
    let letter = |word: &str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    if let Some((kind, numbers)) = word.split_once("__")
        && kind.len() == 1
        && letter(kind)
        && are_numbers(numbers)
    {
        return &word[..kind.len() + 2];
    }
    // `<G>$8048A6C8...` of extension blocks, `<PrivateImplementationDetails>{...}` of older compilers.
    match word.strip_prefix('$') {
        Some(hash) if is_hash(hash) => "$",
        _ if word.starts_with('{') => "",
        _ => word,
    }
}

/// A word that is no generated name of C#: numbers of other compilers and addresses are taken off it.
fn plain_word(word: &str) -> Cow<'_, str> {
    // A closure of F#, by the line it stands in: `map@45-3`.
    if let Some((name, line)) = word.rsplit_once('@')
        && line.starts_with(|c: char| c.is_ascii_digit())
        && line.chars().all(|c| c.is_ascii_digit() || c == '-')
    {
        return Cow::Borrowed(&word[..name.len() + 1]);
    }
    let of_visual_basic = |word: &str| word.starts_with("VB$") || word.starts_with("_Closure$");
    if of_visual_basic(word) {
        return Cow::Owned(word.chars().filter(|c| !c.is_ascii_digit() && *c != '-').collect());
    }
    if let Some((before, digits)) = word.rsplit_once("0x")
        && digits.len() >= ADDRESS_DIGITS
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return Cow::Borrowed(&word[..before.len() + 2]);
    }
    Cow::Borrowed(word)
}

fn is_hash(text: &str) -> bool {
    text.len() >= HASH_DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Names of one thing in two builds, and the key of both.
    const PAIRS: &[(&str, &str, &str)] = &[
        ("A.B+<>c__DisplayClass14_0", "A.B+<>c__DisplayClass2_1#1", "A.B+<>c__DisplayClass"),
        ("A.B+<Park>d__6", "A.B+<Park>d__17", "A.B+<Park>d__"),
        ("A.B+<Park>d__6<System.Int32>", "A.B+<Park>d__7<System.Int32>", "A.B+<Park>d__<System.Int32>"),
        ("A.B+<>c__14<A.C>", "A.B+<>c__3<A.C>", "A.B+<>c__<A.C>"),
        (
            "<>f__AnonymousType0<System.Int32, System.String>",
            "<>f__AnonymousType12#2<System.Int32, System.String>",
            "<>f__AnonymousType<System.Int32, System.String>",
        ),
        ("A.B+<<Main>g__Local|14_0>d", "A.B+<<Main>g__Local|2_11>d", "A.B+<<Main>g__Local>d"),
        ("P+<<<Main>$>g__Go|0_1>d__3", "P+<<<Main>$>g__Go|0_2>d__4", "P+<<<Main>$>g__Go>d__"),
        ("A.B+<<M>b__14_0>d", "A.B+<<M>b__15_2>d", "A.B+<<M>b__>d"),
        ("A.B+<data>e__FixedBuffer0", "A.B+<data>e__FixedBuffer", "A.B+<data>e__FixedBuffer"),
        (
            "N.<Gen_g>FD9151BB5E876F0BF9EFD42BD4E9D390__Ext+<>c",
            "N.<Gen_g>F0000000000000000FFFFFFFFFFFFFFFF__Ext+<>c",
            "N.<Gen_g>F__Ext+<>c",
        ),
        (
            "T.AsyncStateMachineBox<T.VoidResult, A.B+<Park>d__6>",
            "T.AsyncStateMachineBox<T.VoidResult, A.B+<Park>d__8>",
            "T.AsyncStateMachineBox<T.VoidResult, A.B+<Park>d__>",
        ),
        (
            "L<L<A.B+<>c__DisplayClass1_0[]>>[]",
            "L<L<A.B+<>c__DisplayClass2_0[]>>[]",
            "L<L<A.B+<>c__DisplayClass[]>>[]",
        ),
        ("L<<>f__AnonymousType0<A.X>>", "L<<>f__AnonymousType1<A.X>>", "L<<>f__AnonymousType<A.X>>"),
        (
            "A.B+<N.I<System.Int32>.Get>d__3",
            "A.B+<N.I<System.Int32>.Get>d__9",
            "A.B+<N.I<System.Int32>.Get>d__",
        ),
        ("A.B+<>o__12", "A.B+<>o__3", "A.B+<>o__"),
        ("A.F+map@45-3<A.X>", "A.F+map@47<A.X>", "A.F+map@<A.X>"),
        ("A.M+_Closure$__14-0", "A.M+_Closure$__2-1", "A.M+_Closure$__"),
        ("A.M+VB$StateMachine_6_Park", "A.M+VB$StateMachine_12_Park", "A.M+VB$StateMachine__Park"),
        ("unknown 0x7f0423a0 []", "unknown 0x55001000 []", "unknown 0x []"),
        ("L`1<A.X>", "L<A.X>", "L<A.X>"),
        (
            "<PrivateImplementationDetails>{0A1B}+X",
            "<PrivateImplementationDetails>{2C3D}+X",
            "<PrivateImplementationDetails>+X",
        ),
    ];

    #[test]
    fn what_compilers_number_has_one_key() {
        for (one, other, expected) in PAIRS {
            assert_eq!(key(one), *expected, "{one}");
            assert_eq!(key(other), *expected, "{other}");
        }
    }

    #[test]
    fn what_a_program_named_is_left() {
        for name in [
            "Shop.Cart2",
            "Shop.d__6",
            "Shop.Type0x",
            "System.Collections.Generic.Dictionary<System.String, Zoo.Dog>+Entry[]",
            "System.Collections.Generic.Dictionary`2",
            "A.B+<>c",
            "<>y__InlineArray3<System.Int32>",
            "<>z__ReadOnlyArray<System.Double>",
            "zoo.dll!02000015[]",
            "Free",
            "",
            "System.Void(System.Int32, Zoo.Dog)",
            "A.B+<Park>d",
            "Us.Caf\u{e9}$",
        ] {
            assert_eq!(key(name), name);
        }
    }

    #[test]
    fn different_things_have_different_keys() {
        assert_ne!(key("A.B+<Park>d__6"), key("A.B+<Drive>d__6"));
        assert_ne!(key("A.B+<>c__DisplayClass1_0"), key("A.C+<>c__DisplayClass1_0"));
        assert_ne!(key("L<<>f__AnonymousType0<A.X>>"), key("L<<>f__AnonymousType0<A.Y>>"));
    }

    #[test]
    fn modules_are_known_without_versions_and_hashes() {
        let pairs = [
            ("plugin-1.2.3.dll", "plugin-1.3.0.dll"),
            ("App_Web_1f3a9c27.dll", "App_Web_99b0c1d2.dll"),
            ("shop.dll", "shop.dll"),
        ];
        for (one, other) in pairs {
            assert_eq!(module_key(one), module_key(other));
        }
        for plain in ["System.Private.CoreLib.dll", "face.dll", "Lib2.dll", "a", ""] {
            assert_eq!(module_key(plain), plain);
        }
    }

    #[test]
    fn hostile_names_cost_neither_stack_nor_time() {
        for part in ["<", ">", "<<>", "A<", "<>c__DisplayClass1_0<", "`1<", "+<", "|", "@1", "0x"] {
            let name = part.repeat(200_000 / part.len());
            assert!(key(&name).len() <= name.len());
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in "[A-Ba-d<>+.,_|0-2$@ \\[\\]]{0,40}") {
            let once = key(&name).into_owned();
            prop_assert_eq!(key(&once).into_owned(), once);
        }

        #[test]
        fn any_text_is_survived(name in "\\PC{0,60}") {
            prop_assert!(key(&name).len() <= name.len());
            prop_assert!(module_key(&name).len() <= name.len());
        }
    }
}
