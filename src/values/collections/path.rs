//! A path through fields, as shapes write it: `tables.buckets`.
//!
//! A name stands for the field whatever convention spells it: `items` for `items`, `_items`, `m_items`, `Items` and the
//! automatic property `Items`. So one entry covers the versions that only renamed their fields.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::bytes::Addr;
use crate::clr::type_system::{Field, FieldShape, FieldType, Primitive, TypeDescription};

use super::process::{OBJECT_DATA, Process};
use super::{Damage, Place};

/// The part of a field's name that does not depend on the convention it follows, but for the case of its first letter.
fn stem(name: &str) -> &str {
    let name = match name.strip_prefix('<').and_then(|n| n.strip_suffix(">k__BackingField")) {
        Some(property) => property,
        None => name,
    };
    name.strip_prefix("m_").or_else(|| name.strip_prefix('_')).filter(|n| !n.is_empty()).unwrap_or(name)
}

/// Whether both names stand for the same field.
pub(super) fn same_field(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (stem(one).chars(), stem(other).chars());
    match (one.next(), other.next()) {
        (Some(a), Some(b)) => a.to_lowercase().eq(b.to_lowercase()) && one.as_str() == other.as_str(),
        (a, b) => a == b,
    }
}

/// The field of `description` that `name` stands for: one of exactly that name before others, and of several the one
/// that the most derived type declares. With `declared_in` only fields that this type declares.
pub(super) fn find_field<'d>(
    description: &'d TypeDescription,
    name: &str,
    declared_in: Option<Addr>,
) -> Option<&'d Field> {
    let candidates = || {
        let own = move |field: &&Field| declared_in.is_none_or(|mt| field.declared_in == mt);
        description.fields.iter().rev().filter(own)
    };
    candidates()
        .find(|field| &*field.name == name)
        .or_else(|| candidates().find(|field| same_field(&field.name, name)))
}

/// What a path starts from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spot<'a> {
    /// An object; of its fields those that `declared_in` declares, when it is given.
    Object { object: Addr, mt: Addr, declared_in: Option<Addr> },
    /// A struct in place.
    Struct { data: Addr, mt: Addr, declared_in: Option<Addr> },
    /// A value of any kind: an element, an item.
    Value(Place<'a>),
}

/// Fields to start from: where they lie and whose they are.
#[derive(Clone, Copy)]
struct Fields {
    data: Addr,
    mt: Addr,
    declared_in: Option<Addr>,
}

impl Fields {
    fn of_object(process: &dyn Process, object: Addr) -> Result<Fields, Damage> {
        let mt = process.type_of(object)?;
        Ok(Fields { data: object.offset(OBJECT_DATA), mt, declared_in: None })
    }
}

impl<'a> Spot<'a> {
    /// The object at `object`.
    pub fn object(process: &dyn Process, object: Addr) -> Result<Spot<'a>, Damage> {
        Ok(Spot::Object { object, mt: process.type_of(object)?, declared_in: None })
    }

    /// Its fields; `None` of a null reference.
    fn fields(self, process: &dyn Process) -> Result<Option<Fields>, Damage> {
        match self {
            Spot::Object { object, mt, declared_in } => {
                Ok(Some(Fields { data: object.offset(OBJECT_DATA), mt, declared_in }))
            }
            Spot::Struct { data, mt, declared_in } => Ok(Some(Fields { data, mt, declared_in })),
            Spot::Value(place) => match place.field_type.shape {
                FieldShape::Struct { method_table } => {
                    Ok(Some(Fields { data: place.address, mt: method_table, declared_in: None }))
                }
                FieldShape::Reference { .. } => match process.memory().pointer(place.address)? {
                    Addr::NULL => Ok(None),
                    object => Fields::of_object(process, object).map(Some),
                },
                _ => Ok(None),
            },
        }
    }
}

/// The part of a path up to the next reference, resolved for one type.
#[derive(Clone, Debug)]
struct Leg {
    mt: Addr,
    declared_in: Option<Addr>,
    /// The number of the step it starts with, and that of the step behind its last.
    from: usize,
    to: usize,
    offset: u64,
    field_type: FieldType,
}

/// A path. It remembers the offsets for the types that it met first, so a shape has its own for every type it is bound to:
/// a clone knows none.
#[derive(Debug)]
pub(super) struct Path {
    steps: Arc<[Arc<str>]>,
    legs: Box<[OnceLock<Leg>]>,
}

impl Clone for Path {
    fn clone(&self) -> Path {
        Path { steps: self.steps.clone(), legs: self.legs.iter().map(|_| OnceLock::new()).collect() }
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Path) -> bool {
        self.steps == other.steps
    }
}

/// Where a path led.
#[derive(Debug)]
pub(super) struct Located<'a> {
    address: Addr,
    field_type: Cow<'a, FieldType>,
}

impl<'a> Located<'a> {
    /// The value of that type at `address`.
    pub fn new(address: Addr, field_type: Cow<'a, FieldType>) -> Located<'a> {
        Located { address, field_type }
    }

    /// The value there.
    pub fn place(&self) -> Place<'_> {
        Place::new(self.address, &self.field_type)
    }
}

impl Path {
    /// The start itself.
    pub fn this() -> Path {
        Path::new(Vec::new())
    }

    /// The path that is written `text`; `this` is the start itself.
    ///
    /// # Errors
    /// A sentence on what is wrong with it.
    pub fn parse(text: &str) -> Result<Path, String> {
        if text == "this" {
            return Ok(Path::this());
        }
        let steps: Vec<Arc<str>> = text.split('.').map(Arc::from).collect();
        let is_name = |step: &str| {
            step.chars().all(|c| c.is_alphanumeric() || c == '_')
                && !step.starts_with(|c: char| c.is_ascii_digit())
                && !step.is_empty()
        };
        if steps.iter().all(|step| is_name(step)) {
            Ok(Path::new(steps))
        } else {
            Err(format!("`{text}` is no path: names of fields with dots between, or `this`, are expected"))
        }
    }

    fn new(steps: Vec<Arc<str>>) -> Path {
        let legs = steps.iter().map(|_| OnceLock::new()).collect();
        Path { steps: steps.into(), legs }
    }

    /// The value that the path leads to from `spot`; `None` where a step is a null reference, and of `this` of an object.
    pub fn locate<'a>(
        &'a self,
        process: &dyn Process,
        spot: Spot<'a>,
    ) -> Result<Option<Located<'a>>, Damage> {
        if self.steps.is_empty() {
            let Spot::Value(place) = spot else { return Ok(None) };
            let field_type = Cow::Borrowed(place.field_type);
            return Ok(Some(Located { address: place.address, field_type }));
        }
        let Some(mut fields) = spot.fields(process)? else { return Ok(None) };
        let mut step = 0;
        for remembered in &self.legs {
            let leg = self.leg(process, remembered, fields, step)?;
            let address = fields.data.offset(leg.offset);
            step = leg.to;
            if step == self.steps.len() {
                let field_type = match leg {
                    Cow::Borrowed(leg) => Cow::Borrowed(&leg.field_type),
                    Cow::Owned(leg) => Cow::Owned(leg.field_type),
                };
                return Ok(Some(Located { address, field_type }));
            }
            let object = process.memory().pointer(address)?;
            if object.is_null() {
                return Ok(None);
            }
            fields = Fields::of_object(process, object)?;
        }
        Ok(None)
    }

    /// The object that the path leads to; `None` for null.
    pub fn object(&self, process: &dyn Process, spot: Spot<'_>) -> Result<Option<Addr>, Damage> {
        if let (true, Spot::Object { object, .. }) = (self.steps.is_empty(), spot) {
            return Ok(Some(object));
        }
        let Some(located) = self.locate(process, spot)? else { return Ok(None) };
        let object = process.memory().pointer(located.address)?;
        Ok((!object.is_null()).then_some(object))
    }

    /// The number that the path leads to; `None` where a step is null.
    pub fn number(&self, process: &dyn Process, spot: Spot<'_>) -> Result<Option<i64>, Damage> {
        match self.locate(process, spot)? {
            Some(located) => number_at(process, located.place()).map(Some),
            None => Ok(None),
        }
    }

    /// The leg that starts with `step`: the remembered one, if it is of that type.
    fn leg<'a>(
        &'a self,
        process: &dyn Process,
        remembered: &'a OnceLock<Leg>,
        fields: Fields,
        step: usize,
    ) -> Result<Cow<'a, Leg>, Damage> {
        let fits =
            |leg: &Leg| leg.mt == fields.mt && leg.declared_in == fields.declared_in && leg.from == step;
        if let Some(leg) = remembered.get() {
            return if fits(leg) {
                Ok(Cow::Borrowed(leg))
            } else {
                self.resolve(process, fields, step).map(Cow::Owned)
            };
        }
        let leg = self.resolve(process, fields, step)?;
        let first = remembered.get_or_init(|| leg.clone());
        Ok(if fits(first) { Cow::Borrowed(first) } else { Cow::Owned(leg) })
    }

    fn resolve(&self, process: &dyn Process, fields: Fields, from: usize) -> Result<Leg, Damage> {
        let Fields { mut mt, mut declared_in, .. } = fields;
        let mut offset = 0;
        let mut to = from;
        loop {
            let description = process.description(mt);
            let step = self.steps.get(to).map_or("", |s| s);
            let Some(field) = find_field(&description, step, declared_in) else {
                return Err(Damage::NoField { type_name: description.name.clone(), field: step.into() });
            };
            offset += u64::from(field.offset);
            to += 1;
            match field.field_type.shape {
                FieldShape::Struct { method_table } if to < self.steps.len() => {
                    (mt, declared_in) = (method_table, None);
                }
                FieldShape::Reference { .. } => break self.finish(fields, from, to, offset, field),
                _ if to == self.steps.len() => break self.finish(fields, from, to, offset, field),
                _ => {
                    let next = self.steps.get(to).map_or("", |s| s);
                    let type_name = field.field_type.name.clone();
                    return Err(Damage::NoField { type_name, field: next.into() });
                }
            }
        }
    }

    fn finish(
        &self,
        start: Fields,
        from: usize,
        to: usize,
        offset: u64,
        field: &Field,
    ) -> Result<Leg, Damage> {
        let Fields { mt, declared_in, .. } = start;
        Ok(Leg { mt, declared_in, from, to, offset, field_type: field.field_type.clone() })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() { f.write_str("this") } else { f.write_str(&self.steps.join(".")) }
    }
}

/// The number in `place`.
pub(super) fn number_at(process: &dyn Process, place: Place<'_>) -> Result<i64, Damage> {
    let memory = process.memory();
    let (FieldShape::Primitive(primitive) | FieldShape::Enum { underlying: primitive, .. }) =
        place.field_type.shape
    else {
        return Err(Damage::NotANumber(place.address));
    };
    let at = place.address;
    Ok(match primitive {
        Primitive::Boolean | Primitive::U1 => memory.u8(at)?.into(),
        Primitive::I1 => (memory.u8(at)? as i8).into(),
        Primitive::Char | Primitive::U2 => memory.u16(at)?.into(),
        Primitive::I2 => (memory.u16(at)? as i16).into(),
        Primitive::I4 => memory.i32(at)?.into(),
        Primitive::U4 => memory.u32(at)?.into(),
        Primitive::I8 | Primitive::NativeInt => memory.i64(at)?,
        // More than any count: what does not fit is no count anyway.
        Primitive::U8 | Primitive::NativeUInt => i64::try_from(memory.u64(at)?).unwrap_or(i64::MAX),
        Primitive::R4 | Primitive::R8 => return Err(Damage::NotANumber(at)),
    })
}
