//! Numbers as these tools print them and read them.

use crate::query::parse_size;

/// An address: hexadecimal digits with `0x` or without, with WinDbg's mark in the middle (`00007f02`290cde20`), in either
/// case. `None` for anything else.
pub(super) fn address(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let digits = digits.replace('`', "");
    let digits = digits.trim_end_matches(',');
    let significant = digits.trim_start_matches('0');
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || significant.len() > 16 {
        return None;
    }
    if significant.is_empty() { Some(0) } else { u64::from_str_radix(significant, 16).ok() }
}

/// A number of bytes or of units: decimal as dotnet-dump reads it, with the commas of its tables; hexadecimal with `0x`;
/// the sizes of the language (`10kb`). `None` for anything else.
pub(super) fn count(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).ok();
    }
    let plain = text.replace(',', "");
    // WinDbg's way to say that a number is decimal.
    let digits = plain.strip_prefix("0n").unwrap_or(&plain);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().ok();
    }
    parse_size(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_every_tool_prints_them() {
        for text in [
            "7f02290cde20",
            "0x7f02290cde20",
            "0X7F02290CDE20",
            "00007f02290cde20",
            "00007f02`290cde20",
            "0x00007f02`290cde20",
            "00007F02290CDE20",
            "7f02290cde20,",
        ] {
            assert_eq!(address(text), Some(0x7f02_290c_de20), "{text}");
        }
        assert_eq!((address("0"), address("ffffffffffffffff")), (Some(0), Some(u64::MAX)));
        for text in ["", "0x", "`", "g", "-1", "1ffffffffffffffff", "0x7f 0"] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_decimal_unless_they_say_otherwise() {
        for (text, expected) in
            [("85000", 85_000), ("85,000", 85_000), ("0x100", 256), ("0n100", 100), ("1kb", 1024)]
        {
            assert_eq!(count(text), Some(expected), "{text}");
        }
        for text in ["", "3e8", "0x", "-1", "99999999999999999999"] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
