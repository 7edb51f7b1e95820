//! Memory for columns of millions of numbers.

/// Bytes from which on large pages are worth asking for: several of 2 MiB, which x64 and arm64 have.
const LARGE: usize = 8 << 20;

/// So many zeros, written: memory that was only promised is handed out page by page when it is read and once more when it is
/// written, which for columns that are filled in no order costs more than writing them.
pub fn zeros<T: bytemuck::Zeroable + Clone>(len: usize) -> Vec<T> {
    let mut numbers = room(len);
    numbers.resize(len, T::zeroed());
    numbers
}

/// An empty column with room for so many numbers, in large pages where the operating system has them to give: they are
/// found by their address in one step where small ones of millions of numbers miss the processor's tables at every access.
pub fn room<T>(capacity: usize) -> Vec<T> {
    let mut numbers = Vec::with_capacity(capacity);
    ask_for_large_pages(numbers.spare_capacity_mut());
    numbers
}

/// Asks for large pages behind memory. What the operating system says to that is of no consequence.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn ask_for_large_pages<T>(memory: &mut [T]) {
    /// What `madvise` wants its start to be a multiple of; pages are of 4, 16 or 64 KiB.
    const PAGE: usize = 64 << 10;
    let range = memory.as_mut_ptr_range();
    let (start, end) = ((range.start as usize).next_multiple_of(PAGE), range.end as usize);
    let Some(length) = end.checked_sub(start).filter(|&length| length >= LARGE) else { return };
    // SAFETY: The advice changes neither contents nor mapping of the range, which lies inside of `memory`, and this holds
    // whether or not it is initialized.
    unsafe { libc::madvise(start as *mut libc::c_void, length, libc::MADV_HUGEPAGE) };
}

/// Large pages are asked for on Linux only.
#[cfg(not(target_os = "linux"))]
pub fn ask_for_large_pages<T>(_memory: &mut [T]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_any_length_are_zero_and_keep_what_is_written() {
        for len in [0, 1, 1000, LARGE / 4 + 4097] {
            let mut numbers: Vec<u32> = zeros(len);
            assert!(numbers.len() == len && numbers.iter().all(|&number| number == 0));
            numbers.iter_mut().zip(1..).for_each(|(number, value)| *number = value);
            assert!(numbers.iter().zip(1..).all(|(&number, value)| number == value));
        }
        assert!(room::<u64>(77).capacity() >= 77);
    }
}
