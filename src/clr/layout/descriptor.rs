//! A layout description in the form of the runtime's contract descriptor.
//!
//! The compact JSON form is described in dotnet/runtime
//! `docs/design/datacontracts/data_descriptor.md`: a field is an offset or `[offset, type]`, `"!"` is
//! the size of a type, a global is `[value, type]` where a value `[n]` is an index into the pointer
//! data beside the descriptor. Bundled descriptions add one form, `{"dacTable": n}`: an index into
//! the table of globals that the runtime keeps for debuggers (`src/coreclr/inc/dacvars.h`). They add three
//! forms of offsets:
//! - `null` takes away what an earlier part of the description has;
//! - `{"with": "GCHandle", "plus": 8}` keeps its distance from another field of the same type;
//! - `{"near": 240, "within": 64}` is a proposal: the field is not known until a dump proves where it lies.

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// The value of a global.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GlobalValue {
    /// A number that stands in the description.
    Number(u64),
    /// A text that stands in the description.
    Text(String),
    /// The address of a variable, at this index of the descriptor's pointer data.
    PointerData(usize),
    /// The address of a variable, at this index of the table of globals.
    DacTable(usize),
}

/// About where a field lies, where the sources alone do not tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The likeliest offset, in bytes.
    pub near: u64,
    /// How far from it the field may lie, in bytes.
    pub within: u64,
}

/// Where a field lies.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Offset {
    At(u64),
    /// As far from another field of the same type.
    With {
        field: String,
        plus: i64,
    },
    Near(Proposal),
    /// This version has no such field.
    Absent,
}

/// Types with the offsets of their fields, and globals.
#[derive(Clone, Debug, Default)]
pub struct Descriptor {
    types: FxHashMap<String, FxHashMap<String, Offset>>,
    /// `None` where this version has no such global.
    globals: FxHashMap<String, Option<GlobalValue>>,
    encodings: FxHashMap<String, String>,
}

impl Descriptor {
    /// The name under which a type's size stands among its fields.
    pub const SIZE: &str = "!";

    /// Reads a description.
    ///
    /// # Errors
    /// The text is no JSON, or an entry has none of the forms that are known.
    pub fn parse(json: &[u8]) -> Result<Descriptor> {
        let malformed =
            |what: &str| Error::new(ErrorKind::UnknownRuntime, format!("the layout description {what}"));
        let root: Value =
            serde_json::from_slice(json).map_err(|e| malformed("is not valid JSON").caused_by(e))?;
        let section = |name: &str| root.get(name).and_then(Value::as_object).into_iter().flatten();
        let mut descriptor = Descriptor::default();
        for (name, fields) in section("types") {
            let fields =
                fields.as_object().ok_or_else(|| malformed(&format!("gives no fields for {name}")))?;
            let of_type = descriptor.types.entry(name.clone()).or_default();
            for (field, offset) in fields {
                let offset = self::offset(offset)
                    .ok_or_else(|| malformed(&format!("gives no offset for {name}.{field}")))?;
                of_type.insert(field.clone(), offset);
            }
        }
        for (name, value) in section("globals") {
            let read = global(value);
            if read.is_none() && !value.is_null() {
                return Err(malformed(&format!("gives no value for the global {name}")));
            }
            descriptor.globals.insert(name.clone(), read);
        }
        for (name, value) in section("encodings") {
            let value = value.as_str().ok_or_else(|| malformed(&format!("gives no encoding for {name}")))?;
            descriptor.encodings.insert(name.clone(), value.to_owned());
        }
        Ok(descriptor)
    }

    /// Lays `other` over this description: where both say something, `other` holds.
    pub fn overlay(&mut self, other: Descriptor) {
        for (name, fields) in other.types {
            self.types.entry(name).or_default().extend(fields);
        }
        self.globals.extend(other.globals);
        self.encodings.extend(other.encodings);
    }

    /// The offset of a field in bytes.
    ///
    /// # Errors
    /// The description does not have it.
    pub fn field(&self, type_name: &str, field: &str) -> Result<u64> {
        self.optional_field(type_name, field).ok_or_else(|| {
            Error::new(
                ErrorKind::UnknownRuntime,
                format!("the layout of {type_name}.{field} is not known for this runtime"),
            )
        })
    }

    /// The offset of a field in bytes, or `None` where that version has no such field, or none that is known.
    pub fn optional_field(&self, type_name: &str, field: &str) -> Option<u64> {
        let fields = self.types.get(type_name)?;
        match fields.get(field)? {
            Offset::At(offset) => Some(*offset),
            // One step: what it keeps its distance from does not depend on a third field.
            Offset::With { field, plus } => match fields.get(field)? {
                Offset::At(offset) => offset.checked_add_signed(*plus),
                _ => None,
            },
            Offset::Near(_) | Offset::Absent => None,
        }
    }

    /// About where a field lies; `None` where that is known, or not even that.
    pub fn proposal(&self, type_name: &str, field: &str) -> Option<Proposal> {
        match self.types.get(type_name)?.get(field)? {
            Offset::Near(proposal) => Some(*proposal),
            _ => None,
        }
    }

    /// Whether anything about this description is only a proposal.
    pub fn has_proposals(&self) -> bool {
        self.types.values().flat_map(FxHashMap::values).any(|offset| matches!(offset, Offset::Near(_)))
    }

    /// Says where a field lies, in bytes; what was said before no longer holds.
    pub fn settle(&mut self, type_name: &str, field: &str, offset: u64) {
        let fields = self.types.entry(type_name.to_owned()).or_default();
        fields.insert(field.to_owned(), Offset::At(offset));
    }

    /// Lets a field keep its distance from the field `with` of the same type, if both are known and no farther apart
    /// than `within`.
    pub fn tie(&mut self, type_name: &str, field: &str, with: &str, within: u64) {
        let (own, base) = (self.optional_field(type_name, field), self.optional_field(type_name, with));
        let (Some(own), Some(base), Some(fields)) = (own, base, self.types.get_mut(type_name)) else {
            return;
        };
        if own.abs_diff(base) <= within {
            let plus = own.wrapping_sub(base).cast_signed();
            fields.insert(field.to_owned(), Offset::With { field: with.to_owned(), plus });
        }
    }

    /// Takes the offset of a field, if there is one, for a proposal only.
    pub fn doubt(&mut self, type_name: &str, field: &str, within: u64) {
        let known = self.optional_field(type_name, field);
        if let (Some(near), Some(fields)) = (known, self.types.get_mut(type_name)) {
            fields.insert(field.to_owned(), Offset::Near(Proposal { near, within }));
        }
    }

    /// Whether the runtime has that structure.
    pub fn describes(&self, type_name: &str) -> bool {
        self.types.contains_key(type_name)
    }

    /// The value of a global, or `None` where that version has no such global.
    pub fn global(&self, name: &str) -> Option<&GlobalValue> {
        self.globals.get(name)?.as_ref()
    }

    /// All globals.
    pub fn globals(&self) -> impl Iterator<Item = (&str, &GlobalValue)> {
        self.globals.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?)))
    }

    /// The value of a global that is a number, or `None` where that version has no such number.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.global(name)? {
            GlobalValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The value of a global that is a number.
    ///
    /// # Errors
    /// The description does not have it.
    pub fn required_number(&self, name: &str) -> Result<u64> {
        self.number(name).ok_or_else(|| {
            Error::new(
                ErrorKind::UnknownRuntime,
                format!("the layout's {name} is not known for this runtime"),
            )
        })
    }

    /// How a pointer is encoded in memory where it is not a plain pointer, else `None`.
    pub fn encoding(&self, place: &str) -> Option<&str> {
        self.encodings.get(place).map(String::as_str)
    }
}

fn offset(value: &Value) -> Option<Offset> {
    match value {
        Value::Null => Some(Offset::Absent),
        Value::Array(pair) => pair.first()?.as_u64().map(Offset::At),
        Value::Object(of) if of.contains_key("with") => {
            let field = of.get("with")?.as_str()?.to_owned();
            Some(Offset::With { field, plus: of.get("plus")?.as_i64()? })
        }
        Value::Object(of) => {
            let (near, within) = (of.get("near")?.as_u64()?, of.get("within")?.as_u64()?);
            Some(Offset::Near(Proposal { near, within }))
        }
        _ => value.as_u64().map(Offset::At),
    }
}

fn global(value: &Value) -> Option<GlobalValue> {
    let value = value.as_array().and_then(|pair| pair.first()).unwrap_or(value);
    match value {
        Value::Number(number) => number.as_u64().map(GlobalValue::Number),
        Value::String(text) => Some(match number_in(text) {
            Some(number) => GlobalValue::Number(number),
            None => GlobalValue::Text(text.clone()),
        }),
        Value::Array(index) => {
            Some(GlobalValue::PointerData(usize::try_from(index.first()?.as_u64()?).ok()?))
        }
        Value::Object(of) => {
            Some(GlobalValue::DacTable(usize::try_from(of.get("dacTable")?.as_u64()?).ok()?))
        }
        _ => None,
    }
}

fn number_in(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPACT: &str = r#"{"version":0,"baseline":"empty",
        "types":{"Thread":{"Id":16,"LinkNext":[112,"pointer"],"!":2000}},
        "globals":{"AppDomain":[[1],"pointer"],"Unmask":["0x7","uint8"],"Size":[4,"uint32"],
                   "RID":["linux-x64","string"],"Heap":[{"dacTable":19},"pointer"]}}"#;

    #[test]
    fn reads_the_compact_form() {
        let d = Descriptor::parse(COMPACT.as_bytes()).unwrap();
        assert_eq!(d.field("Thread", "LinkNext").unwrap(), 112);
        assert_eq!(d.field("Thread", Descriptor::SIZE).unwrap(), 2000);
        assert_eq!(d.global("AppDomain"), Some(&GlobalValue::PointerData(1)));
        assert_eq!(d.number("Unmask"), Some(7));
        assert_eq!(d.global("Heap"), Some(&GlobalValue::DacTable(19)));
        assert_eq!(d.global("RID"), Some(&GlobalValue::Text("linux-x64".into())));
    }

    #[test]
    fn what_is_laid_over_holds() {
        let mut d = Descriptor::parse(COMPACT.as_bytes()).unwrap();
        d.overlay(Descriptor::parse(br#"{"types":{"Thread":{"Id":24}}}"#).unwrap());
        assert_eq!((d.field("Thread", "Id").unwrap(), d.field("Thread", "LinkNext").unwrap()), (24, 112));
    }

    #[test]
    fn what_is_null_is_taken_away() {
        let mut d = Descriptor::parse(COMPACT.as_bytes()).unwrap();
        d.overlay(Descriptor::parse(br#"{"types":{"Thread":{"Id":null}},"globals":{"Heap":null}}"#).unwrap());
        assert_eq!(d.optional_field("Thread", "Id"), None);
        assert_eq!((d.global("Heap"), d.globals().count()), (None, 4));
    }

    #[test]
    fn a_proposal_is_not_known_before_it_is_settled_and_takes_others_along() {
        let json = br#"{"types":{"Thread":{"GCHandle":{"near":440,"within":64},
            "StrongHandle":{"with":"GCHandle","plus":8},"OSId":{"with":"GCHandle","plus":-8}}}}"#;
        let mut d = Descriptor::parse(json).unwrap();
        let fields = |d: &Descriptor| {
            ["GCHandle", "StrongHandle", "OSId"].map(|field| d.optional_field("Thread", field))
        };
        assert_eq!(fields(&d), [None; 3]);
        assert_eq!(d.proposal("Thread", "GCHandle"), Some(Proposal { near: 440, within: 64 }));
        assert!(d.has_proposals());
        d.settle("Thread", "GCHandle", 432);
        assert_eq!(fields(&d), [Some(432), Some(440), Some(424)]);
        assert!(!d.has_proposals());
        d.doubt("Thread", "GCHandle", 16);
        assert_eq!(d.proposal("Thread", "GCHandle"), Some(Proposal { near: 432, within: 16 }));
        assert_eq!(fields(&d), [None; 3]);
    }

    #[test]
    fn a_missing_field_is_named_in_the_error() {
        let error = Descriptor::default().field("Thread", "Id").unwrap_err();
        assert!(error.message().contains("Thread.Id"), "{error}");
    }

    #[test]
    fn nonsense_is_an_error() {
        for json in [
            "",
            "[",
            r#"{"types":{"A":3}}"#,
            r#"{"types":{"A":{"b":-1}}}"#,
            r#"{"types":{"A":{"b":{"near":1}}}}"#,
            r#"{"globals":{"A":[[],"x"]}}"#,
        ] {
            assert!(Descriptor::parse(json.as_bytes()).is_err(), "{json}");
        }
    }
}
