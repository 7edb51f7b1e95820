//! How many elements of an array are used: hold something else than zeros.

use super::Values;
use crate::bytes::Addr;
use crate::dump::{AddressSpace, Fault};

impl Values {
    /// How many of `count` elements of `element_size` bytes each, the first at `data`, are not null or zero: of a
    /// struct, have a byte that is not zero.
    ///
    /// # Errors
    /// A part of them is not in the dump.
    pub fn used_elements(&self, data: Addr, count: u64, element_size: u32) -> Result<u64, Fault> {
        used_elements(self.types().memory(), data, count, element_size)
    }
}

fn used_elements(memory: &AddressSpace, data: Addr, count: u64, element_size: u32) -> Result<u64, Fault> {
    let size = u64::from(element_size);
    let mut used = 0;
    let mut left = if size == 0 { 0 } else { count };
    let mut at = data;
    let mut element = Vec::new();
    while left > 0 {
        let run = memory.run_at(at)?;
        let whole = (run.bytes.len() as u64 / size).min(left);
        // An element across the end of the run is put together.
        if whole == 0 {
            element.resize(element_size as usize, 0);
            memory.read(at, &mut element)?;
            used += used_in(&element, element_size);
        } else {
            let bytes = run.bytes.get(..(whole * size) as usize).unwrap_or_default();
            used += used_in(bytes, element_size);
        }
        let done = whole.max(1);
        left -= done;
        at = at.offset(done * size);
    }
    Ok(used)
}

/// How many elements of the usual sizes are used: loops over numbers, which compile to vector code.
fn used_in(bytes: &[u8], element_size: u32) -> u64 {
    let count = |used: usize| used as u64;
    match element_size {
        1 => count(bytes.iter().filter(|&&byte| byte != 0).count()),
        2 => count(bytes.as_chunks().0.iter().filter(|&&b| u16::from_le_bytes(b) != 0).count()),
        4 => count(bytes.as_chunks().0.iter().filter(|&&b| u32::from_le_bytes(b) != 0).count()),
        8 => count(bytes.as_chunks().0.iter().filter(|&&b| u64::from_le_bytes(b) != 0).count()),
        size => {
            let elements = bytes.chunks_exact(size.max(1) as usize);
            count(elements.filter(|element| element.iter().any(|&byte| byte != 0)).count())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: Addr = Addr(0x1000);

    proptest! {
        #[test]
        fn elements_are_counted_across_the_ends_of_runs(
            bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(0), Just(0), any::<u8>()], 1..200),
            size in 1..17_u32,
            cut in 0..200_usize,
        ) {
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            let second_start = BASE.offset(first.len() as u64);
            let memory = AddressSpace::from_memory(vec![(BASE, first.to_vec()), (second_start, second.to_vec())]);
            let elements = bytes.chunks_exact(size as usize);
            let expected = elements.clone().filter(|e| e.iter().any(|&b| b != 0)).count() as u64;
            prop_assert_eq!(used_elements(&memory, BASE, elements.len() as u64, size), Ok(expected));
            prop_assert!(used_elements(&memory, BASE, elements.len() as u64 + 1, size).is_err());
        }
    }

    #[test]
    fn elements_without_size_and_no_elements_are_not_read() {
        let memory = AddressSpace::default();
        assert_eq!(used_elements(&memory, BASE, u64::MAX, 0), Ok(0));
        assert_eq!(used_elements(&memory, BASE, 0, 8), Ok(0));
        assert!(used_elements(&memory, BASE, u64::MAX, 8).is_err());
    }
}
