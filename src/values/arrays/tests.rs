//! Arrays in synthetic processes.

use crate::bytes::Addr;
use crate::synth::Kennel;
use crate::values::synthetic::{kennel, structure, values, values_of};
use crate::values::{ArrayView, Dimension, NotAnArray};

/// Adds an array of structs of 8 bytes with these dimensions, and `count` elements as it claims.
fn multidimensional(kennel: &mut Kennel, dimensions: &[(u32, i32)], count: u32) -> u64 {
    let element = structure(&mut kennel.process, "Zoo.Element", 8, &[]);
    let of = kennel.process.array_of_rank(element, dimensions.len() as u32, 8);
    let mut contents = Vec::new();
    contents.extend(dimensions.iter().flat_map(|(length, _)| length.to_le_bytes()));
    contents.extend(dimensions.iter().flat_map(|(_, lower)| lower.to_le_bytes()));
    kennel.process.object_of(kennel.segment, of, count, &contents)
}

fn index_texts(array: &ArrayView) -> Vec<String> {
    (0..array.count).map(|i| array.index_text(i)).collect()
}

#[test]
fn an_array_from_0() {
    let mut kennel = kennel();
    let of = kennel.points;
    let object = kennel.array(of, &[1, 2, 3]);
    let array = values(kennel.process).array(Addr(object)).unwrap();
    assert_eq!(array.dimensions, [Dimension { length: 3, lower_bound: 0 }]);
    assert_eq!((array.count, array.element_size()), (3, 8));
    assert_eq!(&*array.element().name, "Zoo.Point");
    assert_eq!(index_texts(&array), ["[0]", "[1]", "[2]"]);
    assert_eq!(array.place(2), Some(Addr(object + 16 + 16)));
    assert_eq!(array.place(3), None);
    assert_eq!((array.number(&[2]), array.number(&[3]), array.number(&[-1])), (Some(2), None, None));
    assert_eq!(array.number(&[0, 0]), None);
}

#[test]
fn an_array_of_two_dimensions_with_lower_bounds() {
    let mut kennel = kennel();
    let object = multidimensional(&mut kennel, &[(3, 10), (2, -5)], 6);
    let array = values(kennel.process).array(Addr(object)).unwrap();
    assert_eq!(index_texts(&array), ["[10,-5]", "[10,-4]", "[11,-5]", "[11,-4]", "[12,-5]", "[12,-4]"]);
    assert_eq!(array.place(1), Some(Addr(object + 32 + 8)));
    assert_eq!(array.number(&[12, -5]), Some(4));
    assert_eq!(array.number(&[9, -5]), None);
    assert_eq!(array.number(&[i64::MIN, -5]), None);
}

#[test]
fn an_array_without_elements_may_have_other_lengths() {
    let mut kennel = kennel();
    let lengths = [(u32::MAX, 0), (0, 0), (u32::MAX, 0)];
    let object = multidimensional(&mut kennel, &lengths, 0);
    let array = values(kennel.process).array(Addr(object)).unwrap();
    assert_eq!(array.count, 0);
    assert_eq!(array.number(&[0, 0, 0]), None);
}

#[test]
fn counts_that_contradict_the_dimensions_are_refused() {
    for (dimensions, count) in [
        (&[(3, 0), (2, 0)][..], 7),
        (&[(u32::MAX, 0), (u32::MAX, 0)], 1),
        (&[(0, 0), (2, 0)], 2),
        (&[(1 << 16, 0), (1 << 16, 0)], 0),
    ] {
        let mut kennel = kennel();
        let object = multidimensional(&mut kennel, dimensions, 0);
        let mut dump = kennel.process.dump();
        dump.memory.write(object + 8, &(count as u32).to_le_bytes());
        let refused = values_of(&dump).array(Addr(object)).unwrap_err();
        assert_eq!(refused, NotAnArray::Inconsistent, "{dimensions:?}");
    }
}

#[test]
fn a_length_that_no_array_has_is_refused() {
    let mut kennel = kennel();
    let of = kennel.points;
    let object = kennel.array(of, &[1]);
    let mut dump = kennel.process.dump();
    dump.memory.write(object + 8, &0x7fff_ffff_u32.to_le_bytes());
    assert_eq!(values_of(&dump).array(Addr(object)).unwrap().count, 0x7fff_ffff);
    dump.memory.write(object + 8, &0x8000_0000_u32.to_le_bytes());
    assert_eq!(values_of(&dump).array(Addr(object)).unwrap_err(), NotAnArray::Inconsistent);
}

#[test]
fn what_is_no_array_says_so() {
    let kennel = kennel();
    let (dog, nowhere) = (Addr(kennel.dogs[0]), Addr(8));
    let values = values(kennel.process);
    assert_eq!(values.array(dog).unwrap_err(), NotAnArray::OtherType);
    assert!(matches!(values.array(nowhere).unwrap_err(), NotAnArray::Missing(_)));
}
