//! Ways to make a column: out of single values, or out of parts of it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Bitmap, Cells, Data, TextList, Texts};
use crate::query::answer::{Kind, ValueRef};
use crate::query::scalar::Scalar;
use crate::values::Plain;

impl Cells {
    /// So many nulls.
    pub fn null(len: usize) -> Cells {
        Cells::new(Data::Boolean(vec![false; len]), Some(Bitmap::full(len)))
    }

    /// Whole numbers, none of them null.
    pub fn unsigned(values: Vec<u64>) -> Cells {
        Cells { data: Data::Unsigned(values), nulls: None }
    }

    /// Whole numbers that may be null.
    pub fn optional(values: impl IntoIterator<Item = Option<u64>>) -> Cells {
        let mut nulls = Bitmap::default();
        let values =
            values.into_iter().inspect(|v| nulls.push(v.is_none())).map(Option::unwrap_or_default).collect();
        Cells::new(Data::Unsigned(values), Some(nulls))
    }

    /// Truth values, none of them null.
    pub fn booleans(values: impl IntoIterator<Item = bool>) -> Cells {
        Cells { data: Data::Boolean(values.into_iter().collect()), nulls: None }
    }

    /// Texts that may be null, each kept once.
    pub fn texts<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Cells {
        let mut texts = TextBuilder::default();
        values.into_iter().for_each(|v| texts.push(v));
        texts.finish()
    }

    /// Values of one kind that may be null. Whole numbers take 8 bytes each where all of them fit.
    pub fn scalars(kind: Kind, values: impl IntoIterator<Item = Scalar>) -> Cells {
        let mut nulls = Bitmap::default();
        let values = values.into_iter().inspect(|v| nulls.push(v.is_null()));
        let data = match kind {
            Kind::List | Kind::Value => Data::Mixed(values.collect()),
            Kind::Text => {
                let mut texts = TextBuilder::default();
                values.for_each(|v| texts.push_shared(if let Scalar::Text(t) = &v { Some(t) } else { None }));
                return texts.finish();
            }
            Kind::Real => Data::Real(values.map(|v| v.as_real().unwrap_or_default()).collect()),
            Kind::Boolean => Data::Boolean(values.map(|v| v == Scalar::Boolean(true)).collect()),
            Kind::Integer | Kind::Bytes | Kind::Address => {
                let numbers = values.map(|v| if let Scalar::Integer(n) = v { n } else { 0 });
                narrow(numbers.collect())
            }
        };
        Cells::new(data, Some(nulls))
    }

    /// Values as an answer has them, for whoever builds an answer by hand.
    pub fn from_values<'a>(kind: Kind, values: impl IntoIterator<Item = ValueRef<'a>>) -> Cells {
        Cells::scalars(
            kind,
            values.into_iter().map(|value| match value {
                ValueRef::Address(a) if kind == Kind::Address => Scalar::Integer(i128::from(a.0)),
                value => Scalar::from(value),
            }),
        )
    }

    /// All parts one after the other. They must be of one kind; a part of nulls only fits any.
    pub fn concat(mut parts: Vec<Cells>) -> Cells {
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let nulls = concat_nulls(&parts);
        let all_null = |p: &Cells| p.nulls.as_ref().map_or(0, Bitmap::count) as usize == p.len();
        let model = parts.iter().filter(|p| !all_null(p)).max_by_key(|p| rank(&p.data));
        let Some(model) = model else { return Cells::null(parts.iter().map(Cells::len).sum()) };
        let data = match model.data {
            Data::Text(_) => Data::Text(concat_texts(parts)),
            Data::Unsigned(_) => Data::Unsigned(join(parts, |data, len, all| match data {
                Data::Unsigned(v) => all.extend(v),
                _ => all.resize(all.len() + len, 0),
            })),
            Data::Wide(_) => Data::Wide(join(parts, |data, len, all| match data {
                Data::Wide(v) => all.extend(v),
                Data::Unsigned(v) => all.extend(v.into_iter().map(i128::from)),
                _ => all.resize(all.len() + len, 0),
            })),
            Data::Real(_) => Data::Real(join(parts, |data, len, all| match data {
                Data::Real(v) => all.extend(v),
                _ => all.resize(all.len() + len, 0.0),
            })),
            Data::Boolean(_) => Data::Boolean(join(parts, |data, len, all| match data {
                Data::Boolean(v) => all.extend(v),
                _ => all.resize(all.len() + len, false),
            })),
            Data::Mixed(_) => Data::Mixed(join(parts, |data, len, all| match data {
                Data::Mixed(v) => all.extend(v),
                _ => all.resize(all.len() + len, Scalar::Null),
            })),
        };
        Cells { data, nulls }
    }
}

impl From<Plain> for Scalar {
    fn from(value: Plain) -> Scalar {
        match value {
            Plain::None => Scalar::Null,
            Plain::Boolean(truth) => Scalar::Boolean(truth),
            Plain::Integer(number) => Scalar::Integer(number),
            Plain::Real(number) => Scalar::Real(number),
            Plain::Address(address) => Scalar::Address(address.0),
        }
    }
}

impl From<ValueRef<'_>> for Scalar {
    fn from(value: ValueRef<'_>) -> Scalar {
        match value {
            ValueRef::Null => Scalar::Null,
            ValueRef::Text(t) => Scalar::Text(Arc::from(t)),
            ValueRef::Integer(n) => Scalar::Integer(n),
            ValueRef::Real(r) => Scalar::Real(r),
            ValueRef::Bytes(n) => Scalar::Integer(i128::from(n)),
            ValueRef::Address(a) => Scalar::Address(a.0),
            ValueRef::Boolean(b) => Scalar::Boolean(b),
            ValueRef::List(items) => Scalar::List(items.into_iter().map(Scalar::from).collect()),
        }
    }
}

/// Which form a column takes whose parts have different ones: parts with wide numbers make it wide.
fn rank(data: &Data) -> u8 {
    u8::from(matches!(data, Data::Wide(_)))
}

/// Whole numbers in the smallest form that holds them all.
pub(in crate::query) fn narrow(numbers: Vec<i128>) -> Data {
    if numbers.iter().all(|&n| u64::try_from(n).is_ok()) {
        Data::Unsigned(numbers.into_iter().map(|n| n as u64).collect())
    } else {
        Data::Wide(numbers)
    }
}

fn join<T>(parts: Vec<Cells>, mut add: impl FnMut(Data, usize, &mut Vec<T>)) -> Vec<T> {
    let mut all = Vec::with_capacity(parts.iter().map(Cells::len).sum());
    for part in parts {
        let len = part.len();
        add(part.data, len, &mut all);
    }
    all
}

fn concat_nulls(parts: &[Cells]) -> Option<Bitmap> {
    parts.iter().any(|p| p.nulls.is_some()).then(|| {
        let mut nulls = Bitmap::default();
        for part in parts {
            (0..part.len()).for_each(|row| nulls.push(part.is_null(row)));
        }
        nulls
    })
}

/// Joins texts; lists that several parts share are taken over once.
fn concat_texts(parts: Vec<Cells>) -> Texts {
    let mut values: Vec<Arc<str>> = Vec::new();
    let mut starts: FxHashMap<usize, u32> = FxHashMap::default();
    // The lists stay alive until the end, so that no two of them can have one address.
    let mut lists = Vec::new();
    let first = parts
        .iter()
        .find_map(|p| if let Data::Text(t) = &p.data { Some(Arc::clone(&t.values)) } else { None });
    let shared = first.filter(|first| {
        parts.iter().all(|p| !matches!(&p.data, Data::Text(t) if !Arc::ptr_eq(&t.values, first)))
    });
    let codes = join(parts, |data, len, all| {
        let Data::Text(texts) = data else { return all.resize(all.len() + len, 0) };
        if shared.is_some() {
            return all.extend(texts.codes);
        }
        let start = *starts.entry(Arc::as_ptr(&texts.values) as usize).or_insert_with(|| {
            let start = values.len() as u32;
            values.extend(texts.values.iter().cloned());
            start
        });
        all.extend(texts.codes.iter().map(|c| start + c));
        lists.push(texts.values);
    });
    Texts { values: shared.unwrap_or_else(|| Arc::new(values)), codes }
}

/// Collects texts, each kept once.
#[derive(Debug, Default)]
pub struct TextBuilder {
    list: TextList,
    codes: Vec<u32>,
    nulls: Bitmap,
}

impl TextBuilder {
    /// Adds a row.
    pub fn push(&mut self, text: Option<&str>) {
        self.nulls.push(text.is_none());
        self.codes.push(text.map_or(0, |text| self.list.number(text)));
    }

    /// Adds a row with a text that others hold too.
    pub fn push_shared(&mut self, text: Option<&Arc<str>>) {
        self.nulls.push(text.is_none());
        self.codes.push(text.map_or(0, |text| self.list.number_of_shared(text)));
    }

    /// The column of all rows that were added.
    pub fn finish(self) -> Cells {
        let texts = Texts { values: Arc::clone(self.list.values()), codes: self.codes };
        Cells::new(Data::Text(texts), Some(self.nulls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Addr;

    fn values(cells: &Cells) -> Vec<Scalar> {
        (0..cells.len()).map(|row| cells.scalar(row)).collect()
    }

    fn number(n: i128) -> Scalar {
        Scalar::Integer(n)
    }

    #[test]
    fn parts_of_different_width_and_nulls_are_joined() {
        let parts = vec![
            Cells::unsigned(vec![1]),
            Cells::null(2),
            Cells::scalars(Kind::Integer, [number(-1), Scalar::Null]),
        ];
        let joined = Cells::concat(parts);
        assert_eq!(values(&joined), [number(1), Scalar::Null, Scalar::Null, number(-1), Scalar::Null]);
        assert_eq!(
            values(&Cells::concat(vec![Cells::null(1), Cells::null(1)])),
            [Scalar::Null, Scalar::Null]
        );
        assert_eq!(Cells::concat(Vec::new()).len(), 0);
    }

    #[test]
    fn texts_are_joined_with_their_lists() {
        let a = Cells::texts([Some("x"), None, Some("y"), Some("x")]);
        let b = Cells::texts([Some("z")]);
        let joined = Cells::concat(vec![a.clone(), b, a.gather([2].into_iter()), Cells::null(1)]);
        let texts = ["x", "", "y", "x", "z", "y", ""];
        let expected = texts.map(|t| if t.is_empty() { Scalar::Null } else { Scalar::Text(t.into()) });
        assert_eq!(values(&joined), expected);
        let Data::Text(t) = joined.data() else { panic!("text") };
        assert_eq!(t.values.len(), 3);
    }

    #[test]
    fn values_of_any_sort_and_lists_come_back_and_are_joined() {
        use ValueRef::{Address, Boolean, Integer, List, Null, Real, Text};
        let list = List(vec![Integer(3), Null, List(vec![Text("x")])]);
        let all = [Integer(-1), Null, Real(0.5), Boolean(true), Address(Addr(0x7f00)), Text("0x7f00"), list];
        let column = Cells::from_values(Kind::Value, all.clone());
        let joined = Cells::concat(vec![Cells::null(1), column.gather(0..7), column]);
        let back: Vec<ValueRef<'_>> = (8..15).map(|row| joined.value(Kind::Value, row)).collect();
        assert_eq!((joined.value(Kind::Value, 0), back.as_slice()), (Null, &all[..]));
    }

    #[test]
    fn numbers_are_kept_as_small_as_all_of_them_allow() {
        let small = Cells::scalars(Kind::Bytes, [number(1), Scalar::Null]);
        assert!(matches!(small.data(), Data::Unsigned(_)));
        let wide = Cells::scalars(Kind::Integer, [number(1), number(1 << 64)]);
        assert!(matches!(wide.data(), Data::Wide(_)));
    }
}
