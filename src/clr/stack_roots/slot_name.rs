//! What a slot is called: by the register that holds it, or from which it is told.

use std::fmt;

/// The name of a slot: `rsi`, `rbp-0x18`, `sp+0x20`; of an explicit frame's its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlotName {
    /// The register, `sp`, or the class of an explicit frame.
    pub base: &'static str,
    /// Bytes from where that points; `None` when it holds the reference itself.
    pub offset: Option<i64>,
}

impl SlotName {
    /// The slot is `base` itself.
    pub fn itself(base: &'static str) -> SlotName {
        SlotName { base, offset: None }
    }

    /// The slot lies `offset` bytes from where `base` points.
    pub fn at(base: &'static str, offset: i64) -> SlotName {
        SlotName { base, offset: Some(offset) }
    }
}

impl fmt::Display for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            None => f.write_str(self.base),
            Some(offset) if offset < 0 => write!(f, "{}-{:#x}", self.base, offset.unsigned_abs()),
            Some(offset) => write!(f, "{}+{offset:#x}", self.base),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_in_a_debugger() {
        assert_eq!(SlotName::itself("r14").to_string(), "r14");
        assert_eq!(SlotName::at("rbp", -0x18).to_string(), "rbp-0x18");
        assert_eq!(SlotName::at("sp", 0x20).to_string(), "sp+0x20");
        assert_eq!(SlotName::at("sp", 0).to_string(), "sp+0x0");
    }
}
