//! Which types are read as what: by their full names, as data.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::members::{Members, Names};
use super::{Nesting, Text, builder, dates, decimal, delegates, exceptions, guid, holders, integers};
use super::{named, network, ranges, reflection, tuples, version};
use crate::bytes::Addr;
use crate::clr::type_system::{TypeDescription, TypeKind, TypeSystem};
use crate::limits;
use crate::values::Values;

/// Makes the text of a value of a type that it knows.
pub(super) type Decoder = fn(&Members<'_>) -> Text;

/// Structs and sealed classes: the name without generic arguments, and how it is read.
const EXACT: &[(&str, Decoder)] = &[
    ("System.DateTime", dates::date_time),
    ("System.DateTimeOffset", dates::date_time_offset),
    ("System.TimeSpan", dates::time_span),
    ("System.DateOnly", dates::date_only),
    ("System.TimeOnly", dates::time_only),
    ("System.Decimal", decimal::decimal),
    ("System.Guid", guid::guid),
    ("System.Int128", integers::int128),
    ("System.UInt128", integers::uint128),
    ("System.Half", integers::half),
    ("System.Numerics.BigInteger", integers::big_integer),
    ("System.Numerics.Complex", integers::complex),
    ("System.Text.Rune", integers::rune),
    ("System.Nullable", holders::nullable),
    ("System.Lazy", holders::lazy),
    ("System.WeakReference", holders::weak_reference),
    ("System.Index", ranges::index),
    ("System.Range", ranges::range),
    ("System.ValueTuple", tuples::tuple),
    ("System.Tuple", tuples::tuple),
    ("System.Collections.Generic.KeyValuePair", tuples::key_value_pair),
    ("System.Collections.DictionaryEntry", tuples::key_value_pair),
    ("System.Version", version::version),
    ("System.Net.IPAddress", network::ip_address),
    ("System.Net.IPEndPoint", network::ip_end_point),
    ("System.Text.StringBuilder", builder::string_builder),
    ("System.RuntimeType", reflection::runtime_type),
    ("System.Reflection.RuntimeMethodInfo", reflection::method),
    ("System.Reflection.RuntimeConstructorInfo", reflection::method),
];

/// Classes whose subclasses are read alike.
const WITH_SUBCLASSES: &[(&str, Decoder)] = &[
    ("System.Exception", exceptions::exception),
    ("System.Delegate", delegates::delegate),
    ("System.WeakReference", holders::weak_reference),
    ("System.Net.IPAddress", network::ip_address),
    ("System.Uri", named::named),
    ("System.Globalization.CultureInfo", named::named),
    ("System.IO.FileSystemInfo", named::named),
    ("System.Net.Http.HttpMethod", named::named),
    ("System.Reflection.AssemblyName", named::named),
    ("System.Text.RegularExpressions.Regex", named::named),
    ("System.Threading.Thread", named::named),
    ("System.TimeZoneInfo", named::named),
];

/// The members that hold the name of an object that stands for something named: the first that is not null.
pub(super) const NAMES: &Names = &[
    "_originalUnicodeString", // Uri: what it was made from, where that is not what _string has
    "m_originalUnicodeString",
    "_string",
    "m_String",
    "OriginalPath", // FileSystemInfo
    "pattern",      // Regex
    "_id",          // TimeZoneInfo
    "_method",      // HttpMethod
    "_name",        // CultureInfo, Thread, AssemblyName
    "m_name",
    "m_Name",
];

/// A type and how it is read.
#[derive(Debug)]
pub(super) struct Reading {
    pub description: Arc<TypeDescription>,
    pub decoder: Option<Decoder>,
    /// The type whose members the decoder knows: itself or a base. Seen from there, no subclass hides them by names of its own.
    members_of: Arc<TypeDescription>,
}

impl Reading {
    /// The members of a value of the type, whose data begin at `data`.
    pub fn members<'a>(&'a self, values: &'a Values, data: Addr, nesting: Nesting) -> Members<'a> {
        Members { values, type_name: &self.description.name, description: &self.members_of, data, nesting }
    }
}

/// How types are read, each looked up once.
#[derive(Debug, Default)]
pub(in crate::values) struct Readings {
    known: RwLock<FxHashMap<Addr, Arc<Reading>>>,
}

impl Readings {
    /// How the type at `method_table` is read.
    pub(super) fn of(&self, types: &TypeSystem, method_table: Addr) -> Arc<Reading> {
        if let Some(reading) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&method_table) {
            return Arc::clone(reading);
        }
        let description = types.description(method_table);
        let (decoder, members_of) = match decoder(types, &description) {
            Some((decoder, members_of)) => (Some(decoder), members_of),
            None => (None, Arc::clone(&description)),
        };
        let reading = Arc::new(Reading { description, decoder, members_of });
        // What is no type is not remembered: a damaged heap may hold any number of such words.
        if reading.description.kind != TypeKind::Unknown {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(method_table, Arc::clone(&reading));
        }
        reading
    }
}

/// How a type is read, and the type that the reading was found by.
fn decoder(types: &TypeSystem, of: &Arc<TypeDescription>) -> Option<(Decoder, Arc<TypeDescription>)> {
    if let Some(decoder) = named_decoder(EXACT, &of.name) {
        return Some((decoder, Arc::clone(of)));
    }
    if of.kind != TypeKind::Class {
        return None;
    }
    let mut ancestor = Arc::clone(of);
    for _ in 0..limits::MAX_BASE_TYPES {
        if let Some(decoder) = named_decoder(WITH_SUBCLASSES, &ancestor.name) {
            return Some((decoder, ancestor));
        }
        ancestor = types.description(ancestor.parent?);
    }
    None
}

fn named_decoder(list: &[(&str, Decoder)], name: &str) -> Option<Decoder> {
    let definition = definition(name)?;
    list.iter().find(|(full_name, _)| *full_name == definition).map(|&(_, decoder)| decoder)
}

/// The name without its generic arguments; `None` for a type nested in a generic one, whose own name comes behind them.
fn definition(name: &str) -> Option<&str> {
    let Some(open) = name.find('<') else { return Some(name) };
    let (definition, arguments) = name.split_at(open);
    let mut depth = 0;
    for (at, byte) in arguments.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (at + 1 == arguments.len()).then_some(definition);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_known(name: &str) -> bool {
        named_decoder(EXACT, name).is_some()
    }

    #[test]
    fn types_are_known_by_their_full_names() {
        assert!(is_known("System.DateTime"));
        assert!(is_known("System.Nullable<System.Int32>"));
        assert!(is_known("System.Collections.Generic.KeyValuePair<System.__Canon, Zoo.Outer<A>+Inner<B>>"));
        assert!(!is_known("DateTime"));
        assert!(!is_known("Zoo.System.DateTime"));
        assert!(!is_known("System.Lazy<Zoo.Dog>+Helper"));
        assert!(!is_known("System.Lazy<Zoo.Dog>+Helper<Zoo.Cat>"));
        assert!(!is_known("System.DateTime[]"));
    }
}
