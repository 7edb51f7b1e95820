//! A column of the values that a path leads to.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::walker::Arrival;
use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, FieldType, Primitive};
use crate::query::Kind;
use crate::query::cells::{Bitmap, Cells, Data, Texts};
use crate::query::exec::reader::{Missing, Reader};
use crate::query::path::{Form, Leaf, Path};
use crate::text::from_utf16_le;
use crate::values::{Plain, StructTexts, Value, Values};

/// Where the length of a string stands, in UTF-16 code units.
const STRING_LENGTH: u64 = 8;

/// Where the code units of a string begin.
const STRING_UNITS: u64 = 12;

/// Values one after the other, in the form of the column's kind.
enum Sink<'m> {
    Whole(Vec<i128>),
    /// Whole numbers as long as all of them fit.
    Unsigned(Vec<u64>),
    Real(Vec<f64>),
    Boolean(Vec<bool>),
    Text(Dictionary<'m>),
    /// There is nothing but null.
    Nothing,
}

/// Texts of a batch, each kept once. Strings are recognized by their bytes, so that only new ones are decoded.
#[derive(Default)]
struct Dictionary<'m> {
    values: Vec<Arc<str>>,
    by_units: FxHashMap<&'m [u8], u32>,
    /// The positions of texts in `values`, by what they are.
    by_text: HashTable<u32>,
    /// The names of enums' numbers, by the enum and the number.
    by_number: FxHashMap<(Option<Addr>, u64), u32>,
    codes: Vec<u32>,
}

/// Collects the values that a path leads to.
pub struct Column<'m> {
    spelling: Spelling<'m>,
    form: Form,
    sink: Sink<'m>,
    nulls: Bitmap,
    rows: usize,
}

impl<'m> Column<'m> {
    /// A column for `rows` rows.
    pub fn new(path: &'m Path, rows: usize) -> Column<'m> {
        let sink = match path.outcome.kind {
            Some(Kind::Integer | Kind::Bytes | Kind::Address) => Sink::Unsigned(Vec::with_capacity(rows)),
            Some(Kind::Real) => Sink::Real(Vec::with_capacity(rows)),
            Some(Kind::Boolean) => Sink::Boolean(Vec::with_capacity(rows)),
            Some(Kind::Text | Kind::List) => Sink::Text(Dictionary::default()),
            // No path leads to values of mixed kinds: they are text.
            Some(Kind::Value) | None => Sink::Nothing,
        };
        Column {
            spelling: Spelling { values: &path.values, structs: None },
            form: path.form,
            sink,
            nulls: Bitmap::clear(rows),
            rows: 0,
        }
    }

    /// Adds a row; whether its value is not in the dump.
    #[inline]
    pub fn push(&mut self, reader: &mut Reader<'m>, arrival: Arrival<'_>) -> Result<(), Missing> {
        let pushed = match arrival {
            Arrival::At(place, leaf) => self.value(reader, place, leaf),
            Arrival::Null => Ok(false),
            Arrival::Missing => Err(Missing),
        };
        if pushed != Ok(true) {
            self.null();
        }
        self.rows += 1;
        pushed.map(|_| ())
    }

    fn null(&mut self) {
        self.nulls.set(self.rows);
        match &mut self.sink {
            Sink::Whole(values) => values.push(0),
            Sink::Unsigned(values) => values.push(0),
            Sink::Real(values) => values.push(0.0),
            Sink::Boolean(values) => values.push(false),
            Sink::Text(texts) => texts.codes.push(0),
            Sink::Nothing => {}
        }
    }

    /// Reads the value at `place` and adds it; `false` for null.
    #[inline]
    fn value(&mut self, reader: &mut Reader<'m>, place: Addr, leaf: &Leaf) -> Result<bool, Missing> {
        match (&mut self.sink, leaf) {
            (Sink::Text(texts), _) => text(texts, &mut self.spelling, reader, place, leaf),
            (Sink::Real(values), Leaf::Primitive(Primitive::R4)) => {
                values.push(single(f32::from_bits(reader.u32(place)?)));
                Ok(true)
            }
            (Sink::Real(values), Leaf::Primitive(Primitive::R8)) => {
                values.push(f64::from_bits(reader.u64(place)?));
                Ok(true)
            }
            (Sink::Real(reals), Leaf::Number(of, _)) => {
                let number: Option<f64> = self.spelling.parsed(place, of)?;
                reals.extend(number);
                Ok(number.is_some())
            }
            (Sink::Unsigned(_) | Sink::Whole(_), Leaf::Number(of, _)) => {
                let number: Option<i128> = self.spelling.parsed(place, of)?;
                if let Some(number) = number {
                    self.widened().push(number);
                }
                Ok(number.is_some())
            }
            (Sink::Boolean(values), Leaf::Primitive(Primitive::Boolean)) => {
                values.push(reader.u8(place)? != 0);
                Ok(true)
            }
            (Sink::Unsigned(_) | Sink::Whole(_), Leaf::Reference | Leaf::Pointer) => {
                let address = reader.reference(place)?;
                // A null reference is null; a pointer may well be 0.
                if address.is_null() && *leaf == Leaf::Reference {
                    return Ok(false);
                }
                self.unsigned(address.0);
                Ok(true)
            }
            (Sink::Unsigned(_) | Sink::Whole(_), Leaf::Primitive(primitive)) => {
                self.integer(reader, place, *primitive)
            }
            (Sink::Unsigned(_) | Sink::Whole(_), Leaf::Enum(_, primitive)) if self.form == Form::Number => {
                self.integer(reader, place, *primitive)
            }
            _ => Ok(false),
        }
    }

    #[inline]
    fn integer(
        &mut self,
        reader: &mut Reader<'m>,
        place: Addr,
        primitive: Primitive,
    ) -> Result<bool, Missing> {
        let signed = match integer(reader, place, primitive)? {
            Number::Unsigned(number) => {
                self.unsigned(number);
                return Ok(true);
            }
            Number::Signed(number) => number,
        };
        match u64::try_from(signed) {
            Ok(number) => self.unsigned(number),
            Err(_) => self.widened().push(signed.into()),
        }
        Ok(true)
    }

    #[inline]
    fn unsigned(&mut self, number: u64) {
        match &mut self.sink {
            Sink::Unsigned(values) => values.push(number),
            Sink::Whole(values) => values.push(number.into()),
            _ => {}
        }
    }

    /// The values, in the form that takes any number.
    fn widened(&mut self) -> &mut Vec<i128> {
        if let Sink::Unsigned(values) = &mut self.sink {
            self.sink = Sink::Whole(values.drain(..).map(i128::from).collect());
        }
        match &mut self.sink {
            Sink::Whole(values) => values,
            _ => unreachable!("only columns of whole numbers are widened"),
        }
    }

    /// The column of all rows that were added.
    pub fn finish(self) -> Cells {
        let data = match self.sink {
            Sink::Whole(values) => Data::Wide(values),
            Sink::Unsigned(values) => Data::Unsigned(values),
            Sink::Real(values) => Data::Real(values),
            Sink::Boolean(values) => Data::Boolean(values),
            Sink::Text(texts) => Data::Text(Texts { values: Arc::new(texts.values), codes: texts.codes }),
            Sink::Nothing => return Cells::null(self.rows),
        };
        Cells::new(data, Some(self.nulls))
    }
}

/// A whole number of up to 64 bits.
enum Number {
    Unsigned(u64),
    Signed(i64),
}

#[inline]
fn integer(reader: &mut Reader<'_>, place: Addr, primitive: Primitive) -> Result<Number, Missing> {
    Ok(match primitive {
        Primitive::Boolean | Primitive::U1 => Number::Unsigned(reader.u8(place)?.into()),
        Primitive::Char | Primitive::U2 => Number::Unsigned(reader.u16(place)?.into()),
        Primitive::U4 | Primitive::R4 => Number::Unsigned(reader.u32(place)?.into()),
        Primitive::U8 | Primitive::NativeUInt | Primitive::R8 => Number::Unsigned(reader.u64(place)?),
        Primitive::I1 => Number::Signed((reader.u8(place)? as i8).into()),
        Primitive::I2 => Number::Signed((reader.u16(place)? as i16).into()),
        Primitive::I4 => Number::Signed((reader.u32(place)? as i32).into()),
        Primitive::I8 | Primitive::NativeInt => Number::Signed(reader.u64(place)? as i64),
    })
}

/// The UTF-16 code units of the string that a reference at `place` leads to; `None` for null.
pub fn string_units<'m>(reader: &mut Reader<'m>, place: Addr) -> Result<Option<Cow<'m, [u8]>>, Missing> {
    let string = reader.reference(place)?;
    if string.is_null() {
        return Ok(None);
    }
    reader.depth += 1;
    let units = reader.u32(string.offset(STRING_LENGTH))?;
    let length = usize::try_from(u64::from(units) * 2).map_err(|_| Missing)?;
    if length == 0 {
        return Ok(Some(Cow::Borrowed(&[])));
    }
    reader.bytes(string.offset(STRING_UNITS), length).map(Some)
}

/// Adds what a person reads at `place`; `false` for null.
fn text<'m>(
    texts: &mut Dictionary<'m>,
    spelling: &mut Spelling<'m>,
    reader: &mut Reader<'m>,
    place: Addr,
    leaf: &Leaf,
) -> Result<bool, Missing> {
    match leaf {
        Leaf::String => match string_units(reader, place)? {
            Some(Cow::Borrowed(units)) => texts.push_units(units),
            Some(Cow::Owned(units)) => texts.push(&from_utf16_le(&units)),
            None => return Ok(false),
        },
        Leaf::Enum(of, primitive) => {
            let bits = match integer(reader, place, *primitive)? {
                Number::Unsigned(bits) => bits,
                Number::Signed(number) => number as u64,
            };
            let FieldShape::Enum { method_table, .. } = of.shape else { return Ok(false) };
            return texts.push_number((method_table, bits), || spelling.spelled(place, of));
        }
        Leaf::Primitive(primitive) => {
            let of = FieldType { name: Arc::default(), shape: FieldShape::Primitive(*primitive) };
            return texts.push_optional(spelling.spelled(place, &of)?);
        }
        Leaf::Struct(of) | Leaf::Number(of, _) | Leaf::Told(of) => {
            return texts.push_optional(spelling.spelled(place, of)?);
        }
        Leaf::Reference | Leaf::Pointer => {
            let address = reader.reference(place)?;
            if address.is_null() && *leaf == Leaf::Reference {
                return Ok(false);
            }
            let told = match leaf {
                Leaf::Reference => spelling.values.object_text(address).map_err(|_| Missing)?,
                _ => None,
            };
            texts.push(&told.unwrap_or_else(|| address.to_string()));
        }
        Leaf::Unknown => return Ok(false),
    }
    Ok(true)
}

/// Spells values that stand for texts.
struct Spelling<'m> {
    values: &'m Values,
    /// How the last type of structs is read: mostly there is but one.
    structs: Option<(Addr, StructTexts<'m>)>,
}

impl Spelling<'_> {
    /// What a person reads of a value; `None` where it is null or nothing is known of it.
    fn spelled(&mut self, place: Addr, of: &FieldType) -> Result<Option<String>, Missing> {
        if let FieldShape::Struct { method_table } = of.shape {
            return self.spelled_struct(place, method_table);
        }
        self.values.spelled(place, of).map_err(|_| Missing)
    }

    fn spelled_struct(&mut self, data: Addr, method_table: Addr) -> Result<Option<String>, Missing> {
        if self.structs.as_ref().is_none_or(|(last, _)| *last != method_table) {
            self.structs = Some((method_table, self.values.struct_texts(method_table)));
        }
        match &self.structs {
            Some((_, texts)) => texts.text(data).map_err(|_| Missing),
            None => Ok(None),
        }
    }

    /// The number that a struct stands for, as `T` has it: of a decimal the nearest.
    fn parsed<T: std::str::FromStr>(&mut self, place: Addr, of: &FieldType) -> Result<Option<T>, Missing> {
        Ok(self.spelled(place, of)?.and_then(|text| text.parse().ok()))
    }
}

/// A `System.Single` as the other parts of the program show it; whole numbers, the common case, are exact anyway.
fn single(number: f32) -> f64 {
    let widened = f64::from(number);
    match Value::Single(number).plain() {
        Plain::Real(real) if widened.fract() != 0.0 => real,
        _ => widened,
    }
}

impl<'m> Dictionary<'m> {
    fn add(&mut self, text: Arc<str>) -> u32 {
        let code = self.values.len() as u32;
        self.values.push(text);
        code
    }

    fn push(&mut self, text: &str) {
        let values = &self.values;
        let is = |code: &u32| &*values[*code as usize] == text;
        let hash = |code: &u32| FxBuildHasher.hash_one(&*values[*code as usize]);
        let code = match self.by_text.entry(FxBuildHasher.hash_one(text), is, hash) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let code = values.len() as u32;
                new.insert(code);
                self.add(Arc::from(text))
            }
        };
        self.codes.push(code);
    }

    fn push_optional(&mut self, text: Option<String>) -> Result<bool, Missing> {
        if let Some(text) = &text {
            self.push(text);
        }
        Ok(text.is_some())
    }

    fn push_units(&mut self, units: &'m [u8]) {
        let code = match self.by_units.get(units) {
            Some(&code) => code,
            None => {
                let code = self.add(Arc::from(from_utf16_le(units)));
                self.by_units.insert(units, code);
                code
            }
        };
        self.codes.push(code);
    }

    /// Adds the text that a number stands for, spelled once only.
    fn push_number(
        &mut self,
        number: (Option<Addr>, u64),
        spell: impl FnOnce() -> Result<Option<String>, Missing>,
    ) -> Result<bool, Missing> {
        if let Some(&code) = self.by_number.get(&number) {
            self.codes.push(code);
            return Ok(true);
        }
        let Some(text) = spell()? else { return Ok(false) };
        self.push(&text);
        if let Some(&code) = self.codes.last() {
            self.by_number.insert(number, code);
        }
        Ok(true)
    }
}
