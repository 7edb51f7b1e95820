//! The nodes where a walk has been.

use rustc_hash::FxHashSet;

use crate::bytes::Addr;
use crate::values::collections::Damage;

/// Up to so many nodes a list is searched: most chains are short, and a set would be allocated for each.
const FEW: usize = 8;

/// The nodes where a walk has been, so that one through a damaged chain ends.
#[derive(Debug, Default)]
pub(super) struct Trail {
    few: [Addr; FEW],
    used: usize,
    many: FxHashSet<Addr>,
}

impl Trail {
    /// Notes a node.
    ///
    /// # Errors
    /// The walk has been there.
    pub fn visit(&mut self, node: Addr) -> Result<(), Damage> {
        if self.few.iter().take(self.used).any(|&known| known == node) {
            return Err(Damage::Cycle(node));
        }
        if let Some(free) = self.few.get_mut(self.used) {
            *free = node;
            self.used += 1;
            return Ok(());
        }
        if self.many.insert(node) { Ok(()) } else { Err(Damage::Cycle(node)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_to_an_early_and_to_a_late_node() {
        for again in [0, 7, 8, 99] {
            let mut trail = Trail::default();
            assert!((0..100).all(|n| trail.visit(Addr(n)).is_ok()));
            assert_eq!(trail.visit(Addr(again)), Err(Damage::Cycle(Addr(again))));
            assert_eq!(trail.visit(Addr(100)), Ok(()));
        }
    }
}
