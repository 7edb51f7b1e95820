//! Numbers that several threads write at once, each in places of its own that no border separates.

use std::sync::atomic::AtomicU32;

/// The same numbers as atomics, for as long as they are borrowed. Loads and stores without an order cost what plain
/// ones cost. (`AtomicU32::from_mut_slice` of the standard library, which is not stable yet.)
#[allow(unsafe_code)]
pub fn shared(numbers: &mut [u32]) -> &[AtomicU32] {
    const { assert!(align_of::<AtomicU32>() == align_of::<u32>()) };
    let (start, len) = (numbers.as_mut_ptr().cast::<AtomicU32>(), numbers.len());
    // SAFETY: An AtomicU32 has the size and the bit validity of a u32, and here its alignment, so these are `len`
    // initialized AtomicU32s in one allocation. The borrow of `numbers` is exclusive and lasts as long as the result:
    // meanwhile all access goes through the atomics.
    unsafe { std::slice::from_raw_parts(start, len) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering;

    #[test]
    fn what_threads_write_stands_in_the_numbers() {
        let mut numbers = vec![0; 1000];
        let view = shared(&mut numbers);
        std::thread::scope(|scope| {
            for first in 0..4 {
                scope.spawn(move || {
                    (first..1000).step_by(4).for_each(|i| view[i].store(i as u32, Ordering::Relaxed));
                });
            }
        });
        assert!(numbers.iter().zip(0..).all(|(&number, i)| number == i));
        assert!(shared(&mut []).is_empty());
    }
}
