//! The names of an enum's numbers, as `Enum.ToString` gives them: `Green`; of flags `Read, Write`; the number itself where no names make it up.

use crate::clr::type_system::{Primitive, TypeDescription};

/// The name of `number` among the values of `description`, an enum over `underlying`.
pub(super) fn name(description: &TypeDescription, underlying: Primitive, number: i128) -> String {
    let width = 8 * underlying.size();
    let mask = u64::MAX >> (64 - width);
    let bits = number as u64 & mask;
    let values = || description.enum_values.iter().map(|(name, value)| (name, *value as u64 & mask));
    if let Some((name, _)) = values().find(|&(_, value)| value == bits) {
        return name.as_ref().to_owned();
    }
    let flags = if description.is_flags { flags(bits, values().collect()) } else { None };
    flags.unwrap_or_else(|| number.to_string())
}

/// The names of the largest values that together are `bits`, smallest first; `None` when a bit remains.
fn flags<N: AsRef<str>>(bits: u64, mut values: Vec<(N, u64)>) -> Option<String> {
    // Of several names for one value the first declared one is kept: the sort is stable, and later ones find nothing left.
    values.sort_by_key(|&(_, value)| std::cmp::Reverse(value));
    let mut rest = bits;
    let mut names = Vec::new();
    for (name, value) in &values {
        if *value != 0 && rest & value == *value {
            rest &= !value;
            names.push(name.as_ref());
        }
    }
    names.reverse();
    (rest == 0 && !names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Addr;

    fn of(values: &[(&str, i128)], is_flags: bool) -> TypeDescription {
        let enum_values = values.iter().map(|&(name, value)| (name.into(), value)).collect();
        TypeDescription { enum_values, is_flags, ..TypeDescription::unknown(Addr::NULL, "Zoo.E".into()) }
    }

    #[test]
    fn a_number_has_its_name_or_is_itself() {
        let color = of(&[("Red", 1), ("Green", 2), ("Blue", 200)], false);
        assert_eq!(name(&color, Primitive::U1, 200), "Blue");
        assert_eq!(name(&color, Primitive::U1, 3), "3");
        let signed = of(&[("Lost", -1), ("None", 0)], false);
        assert_eq!(name(&signed, Primitive::I4, -1), "Lost");
        assert_eq!(name(&signed, Primitive::I4, -2), "-2");
    }

    #[test]
    fn flags_are_joined() {
        let access = of(&[("None", 0), ("Read", 1), ("Write", 2), ("All", -1)], true);
        assert_eq!(name(&access, Primitive::U8, 3), "Read, Write");
        assert_eq!(name(&access, Primitive::U8, u64::MAX.into()), "All");
        assert_eq!(name(&access, Primitive::U8, 0), "None");
        assert_eq!(name(&access, Primitive::U8, 5), "5");
        let modes = of(&[("Read", 1), ("ReadWrite", 3), ("Create", 4), ("Make", 4)], true);
        assert_eq!(name(&modes, Primitive::I4, 7), "ReadWrite, Create");
        assert_eq!(name(&modes, Primitive::I4, 0), "0");
    }

    #[test]
    fn an_enum_without_names_is_its_number() {
        assert_eq!(name(&of(&[], true), Primitive::I2, -7), "-7");
    }
}
