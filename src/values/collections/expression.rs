//! Numbers that a shape computes from fields, and conditions on them.

use std::fmt;

use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, Primitive};
use crate::limits;

use super::path::{Path, Spot, number_at};
use super::process::{ArrayObject, Process};
use super::{Damage, Place};

/// What an [`Expression`] adds up.
#[derive(Clone, Debug, PartialEq)]
enum Term {
    Number(i64),
    Field(Path),
    /// How many elements the array has.
    Length(Path),
    /// The sum of the array's elements.
    Sum(Path),
}

/// Fields and numbers with `+` and `-` between: `count - freeCount`, `length(keys)`, `sum(tables.countPerLock)`.
/// What a null reference leads to counts 0: where no array was made yet, there is nothing in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expression {
    /// Each with whether it is taken away.
    terms: Vec<(bool, Term)>,
}

impl Expression {
    /// The expression that is written `text`.
    ///
    /// # Errors
    /// A sentence on what is wrong with it.
    pub fn parse(text: &str) -> Result<Expression, String> {
        let mut terms = Vec::new();
        let mut negative = Some(false);
        for word in text.split_whitespace() {
            negative = match (word, negative) {
                ("+", None) => Some(false),
                ("-", None) => Some(true),
                (_, Some(negative)) => {
                    terms.push((negative, Term::parse(word)?));
                    None
                }
                (_, None) => return Err(format!("before `{word}` in `{text}` a `+` or `-` is expected")),
            };
        }
        match negative {
            None => Ok(Expression { terms }),
            Some(_) => Err(format!("`{text}` ends where a field or number is expected")),
        }
    }

    /// Its value for `spot`.
    pub fn value(&self, process: &dyn Process, spot: Spot<'_>) -> Result<i64, Damage> {
        let mut sum = 0_i64;
        for (negative, term) in &self.terms {
            let value = term.value(process, spot)?;
            sum = if *negative { sum.saturating_sub(value) } else { sum.saturating_add(value) };
        }
        Ok(sum)
    }

    /// Its value as a count of what there is room for.
    ///
    /// # Errors
    /// It is negative or more than `room`, or cannot be read.
    pub fn count(&self, process: &dyn Process, spot: Spot<'_>, room: u64) -> Result<u64, Damage> {
        let count = self.value(process, spot)?;
        u64::try_from(count).ok().filter(|&n| n <= room).ok_or(Damage::Count { count, room })
    }
}

impl Term {
    fn parse(word: &str) -> Result<Term, String> {
        if let Ok(number) = word.parse() {
            return Ok(Term::Number(number));
        }
        let argument = |name: &str| word.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(array) = argument("length") {
            return Path::parse(array).map(Term::Length);
        }
        match argument("sum") {
            Some(array) => Path::parse(array).map(Term::Sum),
            None => Path::parse(word).map(Term::Field),
        }
    }

    fn value(&self, process: &dyn Process, spot: Spot<'_>) -> Result<i64, Damage> {
        let array = |path: &Path| match path.object(process, spot)? {
            Some(array) => ArrayObject::read(process, array).map(Some),
            None => Ok(None),
        };
        Ok(match self {
            Term::Number(number) => *number,
            Term::Field(path) => path.number(process, spot)?.unwrap_or(0),
            Term::Length(path) => array(path)?.map_or(0, |a| a.length as i64),
            Term::Sum(path) => match array(path)? {
                Some(array) => sum(process, &array)?,
                None => 0,
            },
        })
    }
}

fn sum(process: &dyn Process, array: &ArrayObject) -> Result<i64, Damage> {
    if array.length > limits::MAX_SUMMED_ELEMENTS {
        return Err(Damage::Count { count: array.length as i64, room: limits::MAX_SUMMED_ELEMENTS });
    }
    let Some(shape) = array.shape() else { return Ok(0) };
    let mut sum = 0_i64;
    for index in 0..array.length {
        let at = array.data.offset(index * array.element_size);
        sum = sum.saturating_add(number_at(process, Place::new(at, &shape.element))?);
    }
    Ok(sum)
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    AtLeast,
    Below,
}

/// What a field is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operand {
    Number(i64),
    Null,
    /// The array that is walked: a Hashtable marks removed entries with it.
    Array,
}

/// A condition on an element or node: `next >= -1`, `key != null`, `key != array`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    path: Path,
    comparison: Comparison,
    operand: Operand,
}

impl Condition {
    /// The condition that is written `text`.
    ///
    /// # Errors
    /// A sentence on what is wrong with it.
    pub fn parse(text: &str) -> Result<Condition, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let &[path, comparison, operand] = words.as_slice() else {
            return Err(format!(
                "`{text}` is no condition: a field, `=`, `!=`, `>=` or `<`, and a value are expected"
            ));
        };
        let comparison = match comparison {
            "=" => Comparison::Equal,
            "!=" => Comparison::Unequal,
            ">=" => Comparison::AtLeast,
            "<" => Comparison::Below,
            other => return Err(format!("`{other}` in `{text}` is none of `=`, `!=`, `>=`, `<`")),
        };
        let operand = match operand {
            "null" => Operand::Null,
            "array" => Operand::Array,
            number => number.parse().map(Operand::Number).map_err(|_| {
                format!("`{number}` in `{text}` is no number, and neither `null` nor `array`")
            })?,
        };
        if !matches!(operand, Operand::Number(_))
            && matches!(comparison, Comparison::AtLeast | Comparison::Below)
        {
            return Err(format!("`{text}` orders references: they can only be `=` or `!=`"));
        }
        Ok(Condition { path: Path::parse(path)?, comparison, operand })
    }

    /// Whether it holds for `spot`, an element of the array at `array` or a node.
    pub fn holds(&self, process: &dyn Process, spot: Spot<'_>, array: Option<Addr>) -> Result<bool, Damage> {
        let Some(located) = self.path.locate(process, spot)? else {
            // Behind a null reference there is nothing that could be equal to anything but null.
            return Ok((self.operand == Operand::Null) == (self.comparison == Comparison::Equal));
        };
        let place = located.place();
        let (value, operand) = match self.operand {
            Operand::Number(number) => (number_at(process, place)?, number),
            Operand::Null | Operand::Array => {
                let other =
                    if self.operand == Operand::Null { Addr::NULL } else { array.unwrap_or_default() };
                let is_word = matches!(
                    place.field_type.shape,
                    FieldShape::Reference { .. }
                        | FieldShape::Pointer
                        | FieldShape::Primitive(Primitive::NativeInt | Primitive::NativeUInt)
                );
                if !is_word {
                    return Err(Damage::NotANumber(place.address));
                }
                (process.memory().pointer(place.address)?.0 as i64, other.0 as i64)
            }
        };
        Ok(match self.comparison {
            Comparison::Equal => value == operand,
            Comparison::Unequal => value != operand,
            Comparison::AtLeast => value >= operand,
            Comparison::Below => value < operand,
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comparison = match self.comparison {
            Comparison::Equal => "=",
            Comparison::Unequal => "!=",
            Comparison::AtLeast => ">=",
            Comparison::Below => "<",
        };
        write!(f, "{} {comparison} ", self.path)?;
        match self.operand {
            Operand::Number(number) => number.fmt(f),
            Operand::Null => f.write_str("null"),
            Operand::Array => f.write_str("array"),
        }
    }
}
