use super::*;
use crate::clr::synthetic::{space, zeros};

const CLAUSES: u64 = 0x1000;

/// A catch clause and one with a filter 0x80 behind the method's start, of that size and with the offset at that place.
fn two_clauses(size: u64, filter: u64) -> (crate::synth::Memory, Clauses) {
    let mut memory = zeros(0x1000, 0x3000);
    memory.write(CLAUSES + filter, &0x40_u32.to_le_bytes());
    memory.write(CLAUSES + size, &FILTER.to_le_bytes());
    memory.write(CLAUSES + size + filter, &0x80_u32.to_le_bytes());
    (memory, Clauses { first: Addr(CLAUSES), count: 2, size, filter })
}

#[test]
fn a_funclet_is_a_filter_where_a_clause_says_that_its_filter_begins_there() {
    for (size, filter) in [(32, 24), (24, 20)] {
        let (memory, clauses) = two_clauses(size, filter);
        let memory = space(memory);
        assert_eq!(clauses.any_filter_at(&memory, 0x80), Ok(true));
        // The class that a catch clause takes stands where a filter would begin.
        assert_eq!(clauses.any_filter_at(&memory, 0x40), Ok(false));
        assert_eq!(clauses.any_filter_at(&memory, 0x90), Ok(false));
    }
}

#[test]
fn an_absurd_number_of_clauses_ends_with_the_memory() {
    let (memory, clauses) = two_clauses(32, 24);
    let clauses = Clauses { count: u64::MAX, ..clauses };
    assert!(clauses.any_filter_at(&space(memory), 0x90).is_err());
}
