//! From an object to the place where a path ends.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bytes::Addr;
use crate::query::exec::reader::{Missing, Reader};
use crate::query::path::{End, Leaf, Move, Path, Program};

/// Where the component count of an array stands.
const LENGTH_OFFSET: u64 = 8;

/// Where the elements of a vector begin; of other arrays their lengths, one a dimension, then as many lower bounds.
const ELEMENTS_OFFSET: u64 = 16;

/// Where a path from one object ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival<'p> {
    /// There, at a value of that sort.
    At(Addr, &'p Leaf),
    /// At a null reference, a nullable without value, outside of an array, or at a type that the path does not exist for.
    Null,
    /// At memory that is not in the dump.
    Missing,
}

/// Follows one path from many objects.
#[derive(Debug)]
pub struct Walker<'m> {
    path: &'m Path,
    reader: Reader<'m>,
    /// The programs that were met, and the position of each by MethodTable and step.
    programs: Vec<Option<Arc<Program>>>,
    met: FxHashMap<(Addr, usize), usize>,
    last: Option<((Addr, usize), usize)>,
}

/// The program that is followed.
#[derive(Clone, Copy)]
enum Current<'p> {
    Given(&'p Program),
    Met(usize),
}

/// What follows from a program's moves.
enum Onward {
    Object(Addr, usize),
    Nowhere,
}

impl<'m> Walker<'m> {
    /// Nothing was followed yet.
    pub fn new(path: &'m Path) -> Walker<'m> {
        let reader = Reader::new(path.types().memory());
        Walker { path, reader, programs: Vec::new(), met: FxHashMap::default(), last: None }
    }

    /// Follows the path from an object by the program of its type, and tells `take` where it ends.
    #[inline]
    pub fn follow<T>(
        &mut self,
        object: Addr,
        program: &Program,
        take: impl FnOnce(&mut Reader<'m>, Arrival<'_>) -> T,
    ) -> T {
        self.reader.depth = 0;
        self.run(object, Current::Given(program), take)
    }

    /// Follows the path from an object of any type.
    #[inline]
    pub fn follow_object<T>(
        &mut self,
        object: Addr,
        take: impl FnOnce(&mut Reader<'m>, Arrival<'_>) -> T,
    ) -> T {
        self.reader.depth = 0;
        match self.program_of(object, 0) {
            Ok(Some(met)) => self.run(object, Current::Met(met), take),
            Ok(None) => take(&mut self.reader, Arrival::Null),
            Err(Missing) => take(&mut self.reader, Arrival::Missing),
        }
    }

    /// Tells `take` of a row from which no path leads.
    pub fn nowhere<T>(&mut self, take: impl FnOnce(&mut Reader<'m>, Arrival<'_>) -> T) -> T {
        take(&mut self.reader, Arrival::Null)
    }

    #[inline]
    fn run<T>(
        &mut self,
        mut object: Addr,
        mut current: Current<'_>,
        take: impl FnOnce(&mut Reader<'m>, Arrival<'_>) -> T,
    ) -> T {
        loop {
            let program = match current {
                Current::Given(program) => program,
                Current::Met(at) => match self.programs.get(at).and_then(Option::as_deref) {
                    Some(program) => program,
                    None => return take(&mut self.reader, Arrival::Null),
                },
            };
            let onward = match walk(&mut self.reader, object, program) {
                Ok(Some(base)) => match &program.end {
                    End::Leaf(offset, leaf) => {
                        return take(&mut self.reader, Arrival::At(base.offset(*offset), leaf));
                    }
                    End::Dispatch { offset, step, .. } => {
                        self.reader.reference(base.offset(*offset)).map(|next| match next.is_null() {
                            true => Onward::Nowhere,
                            false => Onward::Object(next, *step),
                        })
                    }
                },
                Ok(None) => Ok(Onward::Nowhere),
                Err(Missing) => Err(Missing),
            };
            let met = match onward {
                Ok(Onward::Object(next, step)) => {
                    self.reader.depth += 1;
                    object = next;
                    self.program_of(next, step)
                }
                Ok(Onward::Nowhere) => Ok(None),
                Err(Missing) => Err(Missing),
            };
            current = match met {
                Ok(Some(at)) => Current::Met(at),
                Ok(None) => return take(&mut self.reader, Arrival::Null),
                Err(Missing) => return take(&mut self.reader, Arrival::Missing),
            };
        }
    }

    /// The position of the program from `step` on for the type that the object at `object` has.
    fn program_of(&mut self, object: Addr, step: usize) -> Result<Option<usize>, Missing> {
        // The GC keeps marks in the low bits while it works.
        let mt = self.reader.reference(object)?.without(7);
        let key = (mt, step);
        if let Some((last, at)) = self.last
            && last == key
        {
            return Ok(Some(at));
        }
        let at = match self.met.get(&key) {
            Some(&at) => at,
            None => {
                self.programs.push(self.path.program(mt, step));
                self.met.insert(key, self.programs.len() - 1);
                self.programs.len() - 1
            }
        };
        self.last = Some((key, at));
        Ok(Some(at))
    }
}

/// Makes a program's moves from `object` on: where they lead, or `None` when they end at null.
#[inline]
fn walk(reader: &mut Reader<'_>, object: Addr, program: &Program) -> Result<Option<Addr>, Missing> {
    let mut base = object;
    for step in &program.moves {
        match step {
            Move::Follow(offset) => {
                base = reader.reference(base.offset(*offset))?;
                reader.depth += 1;
                if base.is_null() {
                    return Ok(None);
                }
            }
            Move::Guard(offset) => {
                if reader.u8(base.offset(*offset))? == 0 {
                    return Ok(None);
                }
            }
            Move::Element { indexes, sz, size } => match element(reader, base, indexes, *sz)? {
                Some((start, number)) => {
                    base = base.offset(start).offset(number.saturating_mul(u64::from(*size)))
                }
                None => return Ok(None),
            },
        }
    }
    Ok(Some(base))
}

/// Where the elements of the array begin, and the number of one by its indexes; `None` outside of the bounds.
fn element(
    reader: &mut Reader<'_>,
    array: Addr,
    indexes: &[i64],
    sz: bool,
) -> Result<Option<(u64, u64)>, Missing> {
    if sz {
        let length = reader.u32(array.offset(LENGTH_OFFSET))?;
        let index = indexes.first().and_then(|&index| u32::try_from(index).ok());
        return Ok(index.filter(|&index| index < length).map(|index| (ELEMENTS_OFFSET, index.into())));
    }
    let rank = indexes.len() as u64;
    let mut number = 0_u64;
    for (dimension, index) in (0..rank).zip(indexes) {
        let length = reader.u32(array.offset(ELEMENTS_OFFSET + dimension * 4))?;
        let lower = reader.u32(array.offset(ELEMENTS_OFFSET + (rank + dimension) * 4))? as i32;
        let place = index.checked_sub(i64::from(lower)).and_then(|place| u32::try_from(place).ok());
        let Some(place) = place.filter(|&place| place < length) else { return Ok(None) };
        number = number.saturating_mul(length.into()).saturating_add(place.into());
    }
    Ok(Some((ELEMENTS_OFFSET + rank * 8, number)))
}
