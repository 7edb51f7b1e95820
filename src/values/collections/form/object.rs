//! A JSON object that is taken apart field by field, so that none is overlooked.

use serde_json::{Map, Value};

/// An object and what is still to be taken from it.
pub(super) struct Object<'v> {
    map: &'v Map<String, Value>,
    place: &'v str,
    taken: Vec<&'static str>,
}

impl<'v> Object<'v> {
    /// The object `value`; `place` tells where it stands.
    pub fn new(value: &'v Value, place: &'v str) -> Result<Object<'v>, String> {
        match value.as_object() {
            Some(map) => Ok(Object { map, place, taken: Vec::new() }),
            None => Err(format!("{place}: an object is expected, not {value}")),
        }
    }

    /// A field that may be absent.
    pub fn optional(&mut self, key: &'static str) -> Option<&'v Value> {
        self.taken.push(key);
        self.map.get(key)
    }

    /// A field that is for people.
    pub fn skip(&mut self, key: &'static str) {
        self.taken.push(key);
    }

    /// Whether it has the field.
    pub fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// A field that must be there.
    pub fn required(&mut self, key: &'static str) -> Result<&'v Value, String> {
        self.optional(key).ok_or_else(|| format!("{}: the field `{key}` is missing", self.place))
    }

    /// The only field that there may be.
    pub fn single(&mut self) -> Result<(&'v str, &'v Value), String> {
        let mut fields = self.map.iter();
        match (fields.next(), fields.next()) {
            (Some((key, value)), None) => Ok((key, value)),
            _ => Err(format!("{}: exactly one field is expected", self.place)),
        }
    }

    /// A text that must be there.
    pub fn text(&mut self, key: &'static str) -> Result<&'v str, String> {
        self.optional_text(key)?.ok_or_else(|| format!("{}: the field `{key}` is missing", self.place))
    }

    /// A text that may be absent.
    pub fn optional_text(&mut self, key: &'static str) -> Result<Option<&'v str>, String> {
        let Some(value) = self.optional(key) else { return Ok(None) };
        match value.as_str() {
            Some(text) => Ok(Some(text)),
            None => Err(format!("{}, field `{key}`: a text is expected, not {value}", self.place)),
        }
    }

    /// A list of texts; absent ones are none.
    pub fn texts(&mut self, key: &'static str) -> Result<Vec<&'v str>, String> {
        let Some(value) = self.optional(key) else { return Ok(Vec::new()) };
        let texts = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
        texts
            .ok_or_else(|| format!("{}, field `{key}`: a list of texts is expected, not {value}", self.place))
    }

    /// A truth value; an absent one is false.
    pub fn flag(&mut self, key: &'static str) -> Result<bool, String> {
        match self.optional(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => {
                Err(format!("{}, field `{key}`: true or false is expected, not {other}", self.place))
            }
        }
    }

    /// A text that may be absent, read by `parse`.
    pub fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        match self.optional_text(key)? {
            None => Ok(None),
            Some(text) => {
                parse(text).map(Some).map_err(|why| format!("{}, field `{key}`: {why}", self.place))
            }
        }
    }

    /// A text that must be there, read by `parse`.
    pub fn must_parse<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, String> {
        let parsed = self.parsed(key, parse)?;
        parsed.ok_or_else(|| format!("{}: the field `{key}` is missing", self.place))
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// A field was not taken: nobody knows it.
    pub fn finish(self) -> Result<(), String> {
        match self.map.keys().find(|key| !self.taken.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(format!(
                "{}: the field `{key}` is not known; known are {}",
                self.place,
                self.taken.join(", ")
            )),
        }
    }
}
