//! Values as words of 64 bits: equal values give equal words, so keys of any kind are compared and
//! hashed alike.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::query::Kind;
use crate::query::cells::{Bitmap, Cells, Data, TextList, Texts};
use crate::query::exec::vector::Vector;
use crate::query::scalar::{Scalar, whole};

/// Words for null; none of them stands for a value.
const NULL_WHOLE: i128 = i128::MIN;
const NULL_REAL: u64 = u64::MAX;
const NULL_BOOLEAN: u64 = 2;
const NULL_TEXT: u64 = u64::MAX;

/// One column of keys.
#[derive(Debug)]
enum Column {
    /// Two words.
    Whole(Kind),
    Real,
    Boolean,
    Text(TextPool),
    Mixed(ValuePool),
}

/// Turns values of several columns into words and back.
#[derive(Debug)]
pub struct Words {
    columns: Vec<Column>,
}

impl Words {
    /// For columns of these kinds.
    pub fn new(kinds: impl IntoIterator<Item = Option<Kind>>) -> Words {
        let column = |kind| match kind {
            Some(kind @ (Kind::Integer | Kind::Bytes | Kind::Address)) => Column::Whole(kind),
            Some(Kind::Real) => Column::Real,
            // A column that can only be null has one value; that of a truth value will do.
            Some(Kind::Boolean) | None => Column::Boolean,
            Some(Kind::Text) => Column::Text(TextPool::default()),
            Some(Kind::List | Kind::Value) => Column::Mixed(ValuePool::default()),
        };
        Words { columns: kinds.into_iter().map(column).collect() }
    }

    /// How many words the values of a row take.
    pub fn stride(&self) -> usize {
        self.columns.iter().map(Column::width).sum()
    }

    /// The bytes that texts and lists take, of which words are only the numbers.
    pub fn bytes(&self) -> usize {
        let of_column = |column: &Column| match column {
            Column::Whole(_) | Column::Real | Column::Boolean => 0,
            Column::Text(pool) => pool.list.bytes(),
            Column::Mixed(pool) => pool.bytes,
        };
        self.columns.iter().map(of_column).sum()
    }

    /// Writes the words of `len` rows, `stride` words apart, the first at `start`.
    pub fn encode(&mut self, vectors: &[Vector], len: usize, stride: usize, start: usize, out: &mut [u64]) {
        let mut at = start;
        for (column, vector) in self.columns.iter_mut().zip(vectors) {
            column.encode(vector, len, stride, at, out);
            at += column.width();
        }
    }

    /// The words that a key of another table has here: texts are numbered by each table on its own.
    pub fn translate(&mut self, other: &Words, key: &mut [u64]) {
        let mut at = 0;
        for (column, theirs) in self.columns.iter_mut().zip(&other.columns) {
            if let (Column::Text(pool), Column::Text(theirs)) = (&mut *column, theirs)
                && key[at] != NULL_TEXT
            {
                key[at] = pool.list.number_of(&theirs.list, key[at] as u32).into();
            }
            if let (Column::Mixed(pool), Column::Mixed(theirs)) = (&mut *column, theirs)
                && key[at] != NULL_TEXT
            {
                key[at] = pool.number(&theirs.values[key[at] as usize]);
            }
            at += column.width();
        }
    }

    /// The values of one column of keys.
    pub fn decode<'k>(&self, column: usize, keys: impl Iterator<Item = &'k [u64]>) -> Cells {
        let at: usize = self.columns[..column].iter().map(Column::width).sum();
        self.columns[column].decode(keys.map(|key| &key[at..]))
    }
}

fn real_word(real: f64) -> u64 {
    match real {
        // One form for all NaN, and one for both zeros.
        r if r.is_nan() => f64::NAN.to_bits(),
        0.0 => 0,
        r => r.to_bits(),
    }
}

impl Column {
    fn width(&self) -> usize {
        if matches!(self, Column::Whole(_)) { 2 } else { 1 }
    }

    fn encode(&mut self, vector: &Vector, len: usize, stride: usize, at: usize, out: &mut [u64]) {
        let places = out.iter_mut().skip(at).step_by(stride).take(len);
        match self {
            Column::Whole(_) => {
                let ints = vector.ints();
                for row in 0..len {
                    let number = match ints {
                        Some(ints) if !vector.is_null(row) => ints.get(row),
                        _ => NULL_WHOLE,
                    };
                    let place = at + row * stride;
                    out[place] = number as u64;
                    out[place + 1] = (number >> 64) as u64;
                }
            }
            Column::Real => {
                let reals = vector.reals();
                places.enumerate().for_each(|(row, place)| {
                    *place = match reals {
                        Some(reals) if !vector.is_null(row) => real_word(reals.get(row)),
                        _ => NULL_REAL,
                    };
                });
            }
            Column::Boolean => places.enumerate().for_each(|(row, place)| {
                *place = if let Scalar::Boolean(b) = vector.scalar(row) { b.into() } else { NULL_BOOLEAN };
            }),
            Column::Text(pool) => match vector {
                Vector::Same(Scalar::Text(text)) => {
                    let number = pool.list.number_of_shared(text).into();
                    places.for_each(|place| *place = number);
                }
                Vector::Cells(cells) if matches!(cells.data(), Data::Text(_)) => {
                    let Data::Text(texts) = cells.data() else { return };
                    places.enumerate().for_each(|(row, place)| {
                        *place = if cells.is_null(row) { NULL_TEXT } else { pool.shared(texts, row).into() };
                    });
                }
                _ => places.for_each(|place| *place = NULL_TEXT),
            },
            Column::Mixed(pool) => places.enumerate().for_each(|(row, place)| {
                let value = vector.scalar(row);
                *place = if value.is_null() { NULL_TEXT } else { pool.number(&value) };
            }),
        }
    }

    /// The values of keys, of which `words` are those from this column on.
    fn decode<'k>(&self, words: impl Iterator<Item = &'k [u64]>) -> Cells {
        match self {
            Column::Whole(kind) => {
                let whole = |words: &[u64]| match i128::from(words[0]) | i128::from(words[1]) << 64 {
                    NULL_WHOLE => Scalar::Null,
                    number => Scalar::Integer(number),
                };
                Cells::scalars(*kind, words.map(whole))
            }
            Column::Real => Cells::scalars(
                Kind::Real,
                words.map(|words| match words[0] {
                    NULL_REAL => Scalar::Null,
                    bits => Scalar::Real(f64::from_bits(bits)),
                }),
            ),
            Column::Boolean => Cells::scalars(
                Kind::Boolean,
                words.map(|words| match words[0] {
                    NULL_BOOLEAN => Scalar::Null,
                    truth => Scalar::Boolean(truth == 1),
                }),
            ),
            Column::Text(pool) => pool.cells(words.map(|words| words[0])),
            Column::Mixed(pool) => Cells::scalars(
                Kind::Value,
                words.map(|words| match words[0] {
                    NULL_TEXT => Scalar::Null,
                    number => pool.values[number as usize].clone(),
                }),
            ),
        }
    }
}

/// Numbers for texts.
#[derive(Debug, Default)]
struct TextPool {
    list: TextList,
    /// The list of texts that was met last and the numbers of those in it that were met: nearly all
    /// batches share one list. Holding the list keeps its address from being used again.
    last: Option<SharedList>,
}

/// A list of texts, and the number of each.
type SharedList = (Arc<Vec<Arc<str>>>, Vec<u32>);

/// Stands for a text that has not been met yet.
const UNMET: u32 = u32::MAX;

impl TextPool {
    /// The texts with these numbers; null for [`NULL_TEXT`].
    fn cells(&self, numbers: impl Iterator<Item = u64>) -> Cells {
        let (mut codes, mut nulls) = (Vec::new(), Bitmap::default());
        for number in numbers {
            nulls.push(number == NULL_TEXT);
            codes.push(if number == NULL_TEXT { 0 } else { number as u32 });
        }
        Cells::new(Data::Text(Texts { values: Arc::clone(self.list.values()), codes }), Some(nulls))
    }

    /// The number of a row's text.
    fn shared(&mut self, texts: &Texts, row: usize) -> u32 {
        let code = texts.codes[row] as usize;
        let (values, mut numbers) = match self.last.take() {
            Some(last) if Arc::ptr_eq(&last.0, &texts.values) => last,
            _ => (Arc::clone(&texts.values), vec![UNMET; texts.values.len()]),
        };
        if numbers[code] == UNMET {
            numbers[code] = self.list.number_of_shared(&values[code]);
        }
        let number = numbers[code];
        self.last = Some((values, numbers));
        number
    }
}

/// Numbers for values of any sort.
#[derive(Debug, Default)]
struct ValuePool {
    values: Vec<Scalar>,
    /// By a text that equal values share and no others.
    numbers: FxHashMap<String, u64>,
    /// The bytes that these take.
    bytes: usize,
}

impl ValuePool {
    fn number(&mut self, value: &Scalar) -> u64 {
        let mut key = String::new();
        push_key(value, &mut key);
        let new = self.values.len() as u64;
        let of_key = key.len() + size_of::<(String, u64)>();
        *self.numbers.entry(key).or_insert_with(|| {
            self.bytes += of_key + value.bytes();
            self.values.push(value.clone());
            new
        })
    }
}

/// Appends a text that only values equal to `value` have.
fn push_key(value: &Scalar, key: &mut String) {
    match value {
        // The length before the text keeps texts of a list apart.
        Scalar::Text(text) => key.push_str(&format!("{}:{text}", text.len())),
        Scalar::Integer(n) => key.push_str(&n.to_string()),
        Scalar::Address(n) => key.push_str(&n.to_string()),
        Scalar::Real(r) => match whole(*r) {
            Some(n) => key.push_str(&n.to_string()),
            None => key.push_str(&format!("{r:?}")),
        },
        Scalar::List(items) => {
            key.push('[');
            for item in items.iter() {
                push_key(item, key);
                key.push(',');
            }
            key.push(']');
        }
        Scalar::Null | Scalar::Boolean(_) => key.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_sort_are_equal_when_they_compare_equal() {
        let list = |items: &[i128]| Scalar::List(items.iter().map(|&n| Scalar::Integer(n)).collect());
        let text = |text: &str| Scalar::Text(text.into());
        let texts = |items: &[&str]| Scalar::List(items.iter().map(|item| text(item)).collect());
        let values = [
            (Scalar::Integer(16), 0),
            (Scalar::Real(16.0), 0),
            (Scalar::Address(16), 0),
            (text("16"), 1),
            (list(&[3, 4]), 2),
            (Scalar::Null, 3),
            (list(&[34]), 4),
            (texts(&["a,1:b"]), 5),
            (texts(&["a", "b"]), 6),
            (list(&[3, 4]), 2),
            (Scalar::Boolean(true), 7),
            (text("true"), 8),
        ];
        let vector = Vector::Cells(Cells::scalars(Kind::Value, values.iter().map(|(v, _)| v.clone())));
        let mut words = Words::new([Some(Kind::Value)]);
        let mut out = vec![0; values.len()];
        words.encode(&[vector], values.len(), 1, 0, &mut out);
        for (a, (value, group)) in values.iter().enumerate() {
            for (b, (_, other)) in values.iter().enumerate() {
                assert_eq!(out[a] == out[b], group == other, "{value:?}, row {b}");
            }
        }
        let back = words.decode(0, out.chunks(1));
        assert_eq!((back.scalar(4), back.scalar(5)), (list(&[3, 4]), Scalar::Null));
        // The same value has another number in another table.
        let mut others = Words::new([Some(Kind::Value)]);
        others.encode(&[Vector::Cells(back)], 1, 1, 0, &mut [0]);
        let mut key = [out[4]];
        others.translate(&words, &mut key);
        assert_eq!(others.decode(0, [&key[..]].into_iter()).scalar(0), list(&[3, 4]));
    }

    #[test]
    fn values_come_back_and_equal_ones_have_equal_words() {
        let kinds = [Kind::Integer, Kind::Real, Kind::Boolean, Kind::Text];
        let rows = [
            [Scalar::Integer(-5), Scalar::Real(0.0), Scalar::Boolean(true), Scalar::Text("x".into())],
            [Scalar::Integer(-5), Scalar::Real(-0.0), Scalar::Boolean(true), Scalar::Text("x".into())],
            [Scalar::Null, Scalar::Null, Scalar::Null, Scalar::Null],
            [Scalar::Integer(1 << 100), Scalar::Real(1.5), Scalar::Boolean(false), Scalar::Text("y".into())],
        ];
        let vectors: Vec<Vector> = (0..4)
            .map(|c| Vector::Cells(Cells::scalars(kinds[c], rows.iter().map(|r| r[c].clone()))))
            .collect();
        let mut words = Words::new(kinds.map(Some));
        let stride = words.stride();
        assert_eq!(stride, 5);
        let mut out = vec![0; 4 * stride];
        words.encode(&vectors, 4, stride, 0, &mut out);
        assert_eq!(out[..stride], out[stride..2 * stride]);
        let columns: Vec<Cells> = (0..4).map(|column| words.decode(column, out.chunks(stride))).collect();
        for (row, values) in rows.iter().enumerate().filter(|(row, _)| *row != 1) {
            let decoded: Vec<Scalar> = columns.iter().map(|cells| cells.scalar(row)).collect();
            assert_eq!(decoded, values);
        }
    }
}
