//! Figures and changes of figures as reports write them.

use crate::units::{grouped, human_bytes};

/// The change from the first to the last of the values; 0 where there are none.
pub(super) fn change(values: &[u64]) -> i128 {
    let first = values.first().copied().unwrap_or_default();
    let last = values.last().copied().unwrap_or_default();
    i128::from(last) - i128::from(first)
}

/// A number of bytes: `23.4 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    human_bytes(bytes as f64)
}

/// A change with its sign: `+200,000`, `-3`, `0`.
pub(super) fn signed(change: i128) -> String {
    if change > 0 { format!("+{}", grouped(change)) } else { grouped(change) }
}

/// A change in bytes with its sign: `+23.4 MB`.
pub(super) fn signed_bytes(change: i128) -> String {
    let text = human_bytes(change as f64);
    if change > 0 { format!("+{text}") } else { text }
}

/// A part of a whole as a person says it: `45%`, `<1%`; nothing of nothing is `0%`.
pub(super) fn share(part: u64, whole: u64) -> String {
    let percent = fraction(part, whole) * 100.0;
    if percent > 0.0 && percent < 1.0 { "<1%".into() } else { format!("{percent:.0}%") }
}

/// A part of a whole, from 0 to 1.
pub(super) fn fraction(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).clamp(0.0, 1.0) }
}

/// A number with the word for it, which gets an `s` unless there is exactly one.
pub(super) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_signs() {
        assert_eq!((signed(200_000), signed(-3), signed(0)), ("+200,000".into(), "-3".into(), "0".into()));
        assert_eq!(signed_bytes(24_536_678), "+23.4 MB");
        assert_eq!(signed_bytes(-2048), "-2.0 KB");
        assert_eq!(change(&[u64::MAX, 1, 0]), -i128::from(u64::MAX));
        assert_eq!(change(&[]), 0);
    }

    #[test]
    fn shares_are_never_more_than_the_whole() {
        let shares = [share(1, 3), share(1, 1000), share(0, 0), share(5, 3)];
        assert_eq!(shares, ["33%", "<1%", "0%", "100%"]);
    }

    #[test]
    fn one_has_no_plural() {
        assert_eq!((counted(1, "object"), counted(2, "object")), ("1 object".into(), "2 objects".into()));
    }
}
