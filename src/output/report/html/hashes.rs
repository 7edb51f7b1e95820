//! The content security policy: this style, this script, nothing else.
//!
//! The hashes are constants so that the program needs no code to compute them; a test holds them to the files and says
//! what they must be.

/// The SHA-256 of `style.css`, in base64.
const STYLE_HASH: &str = "SwKxNdF5tk96gm/uoLWbB0j8WdQLBoNmWyobDiHHnIw=";

/// The SHA-256 of `script.js`, in base64.
const SCRIPT_HASH: &str = "VThB83/R1o7QeK6Dd86gVkjMNbC68JdZkvSyTGSYakA=";

/// The policy.
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{STYLE_HASH}'; script-src 'sha256-{SCRIPT_HASH}'; \
         base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::super::{SCRIPT, STYLE};
    use super::*;
    use sha2::{Digest, Sha256};

    /// Base64 as in RFC 4648.
    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digits = |group: &[u8]| {
            let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte))
                << (8 * (3 - group.len()));
            (0..4)
                .map(|at| match at <= group.len() {
                    true => char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63]),
                    false => '=',
                })
                .collect::<String>()
        };
        bytes.chunks(3).map(digits).collect()
    }

    #[test]
    fn base64_is_the_standards() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (text, encoded) in cases {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }

    /// After a change to one of the files: put what this test got into the constants above.
    #[test]
    fn the_hashes_are_those_of_the_files() {
        assert_eq!(STYLE_HASH, base64(&Sha256::digest(STYLE)), "STYLE_HASH");
        assert_eq!(SCRIPT_HASH, base64(&Sha256::digest(SCRIPT)), "SCRIPT_HASH");
    }

    #[test]
    fn the_files_have_the_line_ends_that_browsers_hash() {
        assert!(!STYLE.contains('\r') && !SCRIPT.contains('\r'));
    }
}
