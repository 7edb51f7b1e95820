//! JSON that heapql writes, held to the schemas in `docs/`, and the page that describes it to both.
//!
//! The part of JSON Schema (draft 2020-12) that those schemas use is checked here; any other keyword is an error, so that no
//! schema promises what nobody checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// A schema of `docs/`.
#[derive(Debug)]
pub struct Schema {
    root: Value,
}

impl Schema {
    /// The schema in `docs/NAME.schema.json`.
    pub fn read(name: &str) -> Schema {
        let text = fs::read_to_string(docs().join(format!("{name}.schema.json"))).expect("a schema");
        Schema { root: serde_json::from_str(&text).expect("a schema is JSON") }
    }

    /// What of a document is not as the schema says, with its place; empty when all is.
    pub fn offences(&self, document: &Value) -> Vec<String> {
        let mut offences = Vec::new();
        self.check(&self.root, document, "", &mut offences);
        offences
    }

    fn check(&self, schema: &Value, value: &Value, place: &str, offences: &mut Vec<String>) {
        let rules = schema.as_object().unwrap_or_else(|| panic!("no schema for {place}"));
        for (keyword, rule) in rules {
            let holds = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" => true,
                "$ref" => {
                    let name =
                        rule.as_str().and_then(|text| text.strip_prefix("#/$defs/")).expect("a reference");
                    self.check(&self.root["$defs"][name], value, place, offences);
                    true
                }
                "type" => types(rule).any(|name| has_type(value, name)),
                "const" => value == rule,
                "enum" => rule.as_array().expect("a list").contains(value),
                "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().expect("a number")),
                "required" => {
                    let missing = |key: &&Value| value.get(key.as_str().expect("a key")).is_none();
                    !value.is_object() || !rule.as_array().expect("a list").iter().any(|key| missing(&key))
                }
                "items" => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{place}/{at}"), offences);
                    }
                    true
                }
                "properties" => rules.contains_key("additionalProperties"),
                "additionalProperties" => {
                    self.check_properties(rules, value, place, offences);
                    true
                }
                "anyOf" => rule.as_array().expect("a list").iter().any(|one| {
                    let mut found = Vec::new();
                    self.check(one, value, place, &mut found);
                    found.is_empty()
                }),
                other => panic!("the keyword {other} is not checked: {place}"),
            };
            if !holds {
                offences.push(format!("{place}: {keyword} {rule} does not hold"));
            }
        }
    }

    fn check_properties(
        &self,
        rules: &Map<String, Value>,
        value: &Value,
        place: &str,
        offences: &mut Vec<String>,
    ) {
        for (key, item) in value.as_object().into_iter().flatten() {
            let known = rules.get("properties").and_then(|properties| properties.get(key));
            match (known, &rules["additionalProperties"]) {
                (Some(rule), _) => self.check(rule, item, &format!("{place}/{key}"), offences),
                (None, Value::Bool(false)) => offences.push(format!("{place}: {key} is in no schema")),
                (None, rest) => self.check(rest, item, &format!("{place}/{key}"), offences),
            }
        }
    }
}

fn types(rule: &Value) -> impl Iterator<Item = &str> {
    let many = rule.as_array().into_iter().flatten();
    many.chain(rule.is_string().then_some(rule)).filter_map(Value::as_str)
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

#[test]
fn the_check_finds_what_it_should() {
    let rules = json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {"a": {"type": ["integer", "null"], "minimum": 0}, "b": {"items": {"$ref": "#/$defs/word"}},
                       "c": {"anyOf": [{"const": 1}, {"type": "null"}]}},
        "$defs": {"word": {"enum": ["x", "y"]}},
    });
    let schema = Schema { root: rules };
    for good in [json!({"a": 1, "b": ["x", "y"]}), json!({"a": null, "c": null}), json!({"a": 0, "c": 1})] {
        assert_eq!(schema.offences(&good), Vec::<String>::new(), "{good}");
    }
    for bad in [
        json!([]),
        json!({}),
        json!({"a": -1}),
        json!({"a": "1"}),
        json!({"a": 1, "b": ["z"]}),
        json!({"a": 1, "c": 2}),
        json!({"a": 1, "d": 1}),
    ] {
        assert_eq!(schema.offences(&bad).len(), 1, "{bad}");
    }
}

/// All keys that a schema knows.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        found.extend(properties.keys().cloned());
    }
    let inner = schema.as_object().into_iter().flatten().map(|(_, value)| value);
    let inner = inner.chain(schema.as_array().into_iter().flatten());
    inner.for_each(|value| keys(value, found));
}

#[test]
fn the_page_names_every_key_of_the_schemas() {
    let page = fs::read_to_string(docs().join("json.md")).expect("the page");
    let mut all = BTreeSet::new();
    for name in ["answer", "report"] {
        keys(&Schema::read(name).root, &mut all);
    }
    let missing: Vec<_> = all.iter().filter(|key| !page.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/json.md does not name {missing:?}");
    assert!(all.len() > 60, "the schemas were read");
}

#[test]
fn both_schemas_agree_on_what_they_share() {
    let (answer, report) = (Schema::read("answer").root, Schema::read("report").root);
    let definitions = answer["$defs"].as_object().unwrap();
    let shared = definitions.iter().filter(|(name, _)| report["$defs"].get(name.as_str()).is_some());
    assert!(shared.clone().count() >= 8);
    for (name, definition) in shared {
        assert_eq!(*definition, report["$defs"][name.as_str()], "{name}");
    }
}
