//! A layout description in the form of the runtime's contract descriptor.
//!
//! The compact JSON form is described in dotnet/runtime
//! `docs/design/datacontracts/data_descriptor.md`: a field is an offset or `[offset, type]`, `"!"` is
//! the size of a type, a global is `[value, type]` where a value `[n]` is an index into the pointer
//! data beside the descriptor. Bundled descriptions add one form, `{"dacTable": n}`: an index into
//! the table of globals that the runtime keeps for debuggers (`src/coreclr/inc/dacvars.h`).

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

/// Types with the offsets of their fields, and globals.
#[derive(Clone, Debug, Default)]
pub struct Descriptor {
    types: FxHashMap<String, FxHashMap<String, u64>>,
    globals: FxHashMap<String, GlobalValue>,
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
                let number = offset.as_array().and_then(|pair| pair.first()).unwrap_or(offset);
                let number = number
                    .as_u64()
                    .ok_or_else(|| malformed(&format!("gives no offset for {name}.{field}")))?;
                of_type.insert(field.clone(), number);
            }
        }
        for (name, value) in section("globals") {
            let value =
                global(value).ok_or_else(|| malformed(&format!("gives no value for the global {name}")))?;
            descriptor.globals.insert(name.clone(), value);
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

    /// Says where a field lies, in bytes; what was said before no longer holds.
    pub fn set_field(&mut self, type_name: &str, field: &str, offset: u64) {
        self.types.entry(type_name.to_owned()).or_default().insert(field.to_owned(), offset);
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

    /// The offset of a field in bytes, or `None` where that version has no such field.
    pub fn optional_field(&self, type_name: &str, field: &str) -> Option<u64> {
        self.types.get(type_name)?.get(field).copied()
    }

    /// Whether the runtime has that structure.
    pub fn describes(&self, type_name: &str) -> bool {
        self.types.contains_key(type_name)
    }

    /// The value of a global, or `None` where that version has no such global.
    pub fn global(&self, name: &str) -> Option<&GlobalValue> {
        self.globals.get(name)
    }

    /// All globals.
    pub fn globals(&self) -> impl Iterator<Item = (&str, &GlobalValue)> {
        self.globals.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a global that is a number, or `None` where that version has no such number.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.globals.get(name)? {
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
    fn a_missing_field_is_named_in_the_error() {
        let error = Descriptor::default().field("Thread", "Id").unwrap_err();
        assert!(error.message().contains("Thread.Id"), "{error}");
    }

    #[test]
    fn nonsense_is_an_error() {
        for json in
            ["", "[", r#"{"types":{"A":3}}"#, r#"{"types":{"A":{"b":-1}}}"#, r#"{"globals":{"A":[[],"x"]}}"#]
        {
            assert!(Descriptor::parse(json.as_bytes()).is_err(), "{json}");
        }
    }
}
