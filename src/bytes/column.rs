//! A column of plain numbers: owned, or a part of a mapped file.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use bytemuck::Pod;

use super::Mapped;

/// A column of numbers that is read like a slice, wherever it lies.
#[derive(Clone)]
pub struct Column<T: 'static> {
    place: Place<T>,
}

#[derive(Clone)]
enum Place<T: 'static> {
    Owned(Vec<T>),
    /// Numbers in a file, and the file, which outlives them. They are looked at one by one in the hottest loops, so
    /// where they lie is told once, when the column is made.
    Mapped {
        numbers: &'static [T],
        file: Arc<Mapped>,
        from: usize,
    },
}

impl<T: Pod> Column<T> {
    /// The numbers in these bytes of a file, in the byte order of this machine; `None` when they are not all in the
    /// file, not aligned to `T`, or no whole number of `T`.
    #[allow(unsafe_code)]
    pub fn mapped(file: &Arc<Mapped>, bytes: Range<usize>) -> Option<Column<T>> {
        let from = bytes.start;
        let numbers: &[T] = bytemuck::try_cast_slice(file.get(bytes)?).ok()?;
        // SAFETY: the bytes of a file are neither changed nor moved as long as it is open, for nobody gets it mutably out
        // of an Arc that others hold; the column holds one as long as it lives, and lends the numbers for no longer.
        let numbers: &'static [T] = unsafe { std::slice::from_raw_parts(numbers.as_ptr(), numbers.len()) };
        Some(Column { place: Place::Mapped { numbers, file: Arc::clone(file), from } })
    }

    /// The numbers at these positions, in the same place where they lie in a file and copied where they do not; `None`
    /// when there are not so many.
    pub fn part(&self, positions: Range<usize>) -> Option<Column<T>> {
        let part = self.get(positions.clone())?;
        match &self.place {
            Place::Owned(_) => Some(Column::from(part.to_vec())),
            Place::Mapped { file, from, .. } => {
                let at = |position: usize| from + position * size_of::<T>();
                Column::mapped(file, at(positions.start)..at(positions.end))
            }
        }
    }

    /// The numbers as bytes, in the byte order of this machine.
    pub fn as_bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self)
    }

    /// The bytes of memory that it takes beside mapped files.
    pub fn owned_bytes(&self) -> usize {
        match &self.place {
            Place::Owned(numbers) => numbers.capacity() * size_of::<T>(),
            Place::Mapped { .. } => 0,
        }
    }
}

impl<T: Pod> Deref for Column<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.place {
            Place::Owned(numbers) => numbers,
            Place::Mapped { numbers, .. } => numbers,
        }
    }
}

impl<T: 'static> From<Vec<T>> for Column<T> {
    fn from(numbers: Vec<T>) -> Self {
        Column { place: Place::Owned(numbers) }
    }
}

impl<T: 'static> FromIterator<T> for Column<T> {
    fn from_iter<I: IntoIterator<Item = T>>(numbers: I) -> Self {
        Column::from(numbers.into_iter().collect::<Vec<T>>())
    }
}

impl<T: 'static> Default for Column<T> {
    fn default() -> Self {
        Column::from(Vec::new())
    }
}

impl<T: Pod> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Column of {} numbers", self.len())
    }
}

impl<T: Pod + PartialEq> PartialEq for Column<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_file_reads_like_owned_numbers() {
        let owned: Column<u32> = vec![1, 2, 0xffff_ffff].into();
        let file = Arc::new(Mapped::Memory([&[0; 8], owned.as_bytes()].concat()));
        // A Vec of bytes is aligned as the allocator likes; eight bytes in is as good as its start.
        let mapped = Column::<u32>::mapped(&file, 8..20).expect("allocations are aligned to 8 bytes");
        assert_eq!((&mapped, mapped.owned_bytes()), (&owned, 0));
        assert!(owned.owned_bytes() >= 12);
        for column in [&owned, &mapped] {
            assert_eq!(*column.part(1..3).unwrap(), [2, 0xffff_ffff]);
            assert_eq!(column.part(1..1).map(|part| part.len()), Some(0));
            assert!(column.part(2..4).is_none());
        }
        assert_eq!(mapped.part(0..3).unwrap().owned_bytes(), 0);
    }

    #[test]
    fn what_is_no_column_of_the_file_is_refused() {
        let file = Arc::new(Mapped::Memory(vec![0; 32]));
        for bytes in [1..5, 0..6, 28..36, usize::MAX - 3..usize::MAX] {
            assert!(Column::<u32>::mapped(&file, bytes.clone()).is_none(), "{bytes:?}");
        }
    }
}
