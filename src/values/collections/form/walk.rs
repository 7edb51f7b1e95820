//! Reading the ways to walk.

use serde_json::Value;

use super::object::Object;
use crate::values::collections::expression::{Condition, Expression};
use crate::values::collections::path::Path;
use crate::values::collections::walk::{
    ArrayWalk, BitsWalk, ChainWalk, Element, ParallelWalk, RingEnd, RingWalk, Source, TreeWalk, Walk,
    WrapsWalk,
};

/// Reads the fields of one kind of walk.
type Reader = fn(&mut Object<'_>, &str) -> Result<Walk, String>;

/// The walk that `value` describes: an object, or a list of walks one after the other.
pub(super) fn walk(value: &Value, place: &str) -> Result<Walk, String> {
    if let Some(list) = value.as_array() {
        let walks = list.iter().enumerate().map(|(n, each)| walk(each, &format!("{place}, walk {}", n + 1)));
        return walks.collect::<Result<_, _>>().map(Walk::Sequence);
    }
    let mut object = Object::new(value, place)?;
    let kinds: [(&str, Reader); 7] = [
        ("array", array),
        ("keys", parallel),
        ("ring", ring),
        ("chain", chain),
        ("tree", tree),
        ("wraps", wraps),
        ("bits", bits),
    ];
    let mut found = kinds.iter().filter(|(key, _)| object.has(key));
    let (Some((_, read)), None) = (found.next(), found.next()) else {
        let names: Vec<_> = kinds.iter().map(|(key, _)| format!("`{key}`")).collect();
        return Err(format!("{place}: exactly one of {} is expected", names.join(", ")));
    };
    let walk = read(&mut object, place)?;
    object.finish()?;
    Ok(walk)
}

fn array(object: &mut Object<'_>, place: &str) -> Result<Walk, String> {
    Ok(Walk::Array(Box::new(ArrayWalk {
        array: object.must_parse("array", Path::parse)?,
        start: object.parsed("start", Expression::parse)?,
        slots: object.parsed("slots", Expression::parse)?,
        last_first: last_first(object, place)?,
        element: element(object, place)?,
    })))
}

fn parallel(object: &mut Object<'_>, _place: &str) -> Result<Walk, String> {
    Ok(Walk::Parallel(ParallelWalk {
        keys: object.must_parse("keys", Path::parse)?,
        values: object.must_parse("values", Path::parse)?,
        slots: object.parsed("slots", Expression::parse)?,
    }))
}

fn ring(object: &mut Object<'_>, place: &str) -> Result<Walk, String> {
    let array = object.must_parse("ring", Path::parse)?;
    let head = object.must_parse("head", Expression::parse)?;
    let count = object.parsed("count", Expression::parse)?;
    let tail = object.parsed("tail", Expression::parse)?;
    let end = match (count, tail) {
        (Some(count), None) => RingEnd::Count(count),
        (None, Some(tail)) => RingEnd::Tail(tail),
        _ => return Err(format!("{place}: a ring has either `count` or `tail`")),
    };
    Ok(Walk::Ring(Box::new(RingWalk { array, head, end, element: element(object, place)? })))
}

fn chain(object: &mut Object<'_>, place: &str) -> Result<Walk, String> {
    let first = object.must_parse("chain", Path::parse)?;
    let next = object.must_parse("next", Path::parse)?;
    let circular = object.flag("circular")?;
    Ok(Walk::Chain(Box::new(ChainWalk { first, next, circular, element: node(object, place)? })))
}

fn tree(object: &mut Object<'_>, place: &str) -> Result<Walk, String> {
    let root = object.must_parse("tree", Path::parse)?;
    let left = object.must_parse("left", Path::parse)?;
    let right = object.must_parse("right", Path::parse)?;
    Ok(Walk::Tree(Box::new(TreeWalk { root, left, right, element: node(object, place)? })))
}

fn wraps(object: &mut Object<'_>, place: &str) -> Result<Walk, String> {
    let inner = object.must_parse("wraps", Path::parse)?;
    let last_first = last_first(object, place)?;
    let maps = ["key", "value", "details", "live"].iter().any(|key| object.has(key));
    let element = if maps { Some(element(object, place)?) } else { None };
    Ok(Walk::Wraps(Box::new(WrapsWalk { inner, element, last_first })))
}

fn bits(object: &mut Object<'_>, _place: &str) -> Result<Walk, String> {
    Ok(Walk::Bits(BitsWalk {
        array: object.must_parse("bits", Path::parse)?,
        count: object.must_parse("count", Expression::parse)?,
    }))
}

fn last_first(object: &mut Object<'_>, place: &str) -> Result<bool, String> {
    match object.optional_text("order")? {
        None | Some("first to last") => Ok(false),
        Some("last to first") => Ok(true),
        Some(other) => {
            Err(format!("{place}, field `order`: `{other}` is neither `first to last` nor `last to first`"))
        }
    }
}

/// A node's element: a node itself is no value in memory, so it must say where its value is, or how to go on.
fn node(object: &mut Object<'_>, place: &str) -> Result<Element, String> {
    if object.has("value") || object.has("each") {
        element(object, place)
    } else {
        Err(format!("{place}: nodes need `value` or `each`"))
    }
}

fn element(object: &mut Object<'_>, place: &str) -> Result<Element, String> {
    let mut element = Element::plain();
    for text in object.texts("live")? {
        let condition = Condition::parse(text).map_err(|why| format!("{place}, field `live`: {why}"))?;
        element.live.push(condition);
    }
    element.key =
        object.optional("key").map(|value| source(value, &format!("{place}, field `key`"))).transpose()?;
    if let Some(value) = object.optional("value") {
        element.value = source(value, &format!("{place}, field `value`"))?;
    }
    if let Some(details) = object.optional("details") {
        element.details = self::details(details, &format!("{place}, field `details`"))?;
    }
    element.each = inner(object, "each", place)?;
    element.also = inner(object, "also", place)?;
    if element.each.is_some() && (element.key.is_some() || object.has("value") || element.also.is_some()) {
        return Err(format!("{place}: with `each` there can be no `key`, `value` or `also`"));
    }
    Ok(element)
}

fn inner(object: &mut Object<'_>, key: &'static str, place: &str) -> Result<Option<Walk>, String> {
    object.optional(key).map(|value| walk(value, &format!("{place}, field `{key}`"))).transpose()
}

fn details(value: &Value, place: &str) -> Result<Vec<(Box<str>, Path)>, String> {
    let map =
        value.as_object().ok_or_else(|| format!("{place}: names and paths are expected, not {value}"))?;
    let detail = |(name, path): (&String, &Value)| {
        let path =
            path.as_str().ok_or_else(|| format!("{place}, `{name}`: a path is expected, not {path}"))?;
        let path = Path::parse(path).map_err(|why| format!("{place}, `{name}`: {why}"))?;
        Ok((name.as_str().into(), path))
    };
    map.iter().map(detail).collect()
}

fn source(value: &Value, place: &str) -> Result<Source, String> {
    let path = |value: &Value| match value.as_str() {
        Some(text) => Path::parse(text).map_err(|why| format!("{place}: {why}")),
        None => Err(format!("{place}: a path is expected, not {value}")),
    };
    if value.is_string() {
        return path(value).map(Source::Field);
    }
    let mut object = Object::new(value, place)?;
    match object.single()? {
        ("handle", value) => path(value).map(Source::Handle),
        ("secondary", value) => path(value).map(Source::Secondary),
        (other, _) => Err(format!("{place}: `{other}` is neither `handle` nor `secondary`")),
    }
}
