//! What an element of an array or a node gives: an item, nothing, or items of its own.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use crate::bytes::Addr;
use crate::clr::type_system::{FieldShape, FieldType};
use crate::values::collections::expression::Condition;
use crate::values::collections::path::{Located, Path, Spot};
use crate::values::collections::process::Process;
use crate::values::collections::{Damage, Detail, Item, Place};

use super::{Taker, Walk};

/// What a handle holds.
static OBJECT: LazyLock<FieldType> = LazyLock::new(|| FieldType {
    name: Arc::from("System.Object"),
    shape: FieldShape::Reference { method_table: None },
});

/// Where a key or value is found.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) enum Source {
    /// In a field.
    Field(Path),
    /// The object that the GC handle in the field leads to.
    Handle(Path),
    /// The secondary of the dependent handle in the field.
    Secondary(Path),
}

impl Source {
    /// The place; `None` where a step is null, and where a handle was never made or its object is gone.
    fn locate<'a>(&'a self, process: &dyn Process, spot: Spot<'a>) -> Result<Option<Located<'a>>, Damage> {
        let path = match self {
            Source::Field(path) => return path.locate(process, spot),
            Source::Handle(path) | Source::Secondary(path) => path,
        };
        // The low bits of a handle in a field may be marks of the type that keeps it there.
        let handle = Addr(path.number(process, spot)?.unwrap_or(0) as u64).without(7);
        if handle.is_null() || process.memory().pointer(handle)?.is_null() {
            return Ok(None);
        }
        let address = match self {
            Source::Secondary(_) => process.secondary(handle)?,
            _ => handle,
        };
        Ok(Some(Located::new(address, Cow::Borrowed(&OBJECT))))
    }

    /// Whether it is the target of a handle, which is null when the object is gone.
    fn is_handle(&self) -> bool {
        !matches!(self, Source::Field(_))
    }
}

/// What an element or node holds.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::values::collections) struct Element {
    /// Conditions that all must hold, else it is a free slot or a mark of the end.
    pub live: Vec<Condition>,
    /// Where the key is.
    pub key: Option<Source>,
    /// Where the value is.
    pub value: Source,
    /// What else is known of the item.
    pub details: Vec<(Box<str>, Path)>,
    /// The walk that gives the items, when it holds none itself.
    pub each: Option<Walk>,
    /// A walk that gives more items, after its own.
    pub also: Option<Walk>,
}

impl Element {
    /// An element that is an item as it stands.
    pub fn plain() -> Element {
        Element {
            live: Vec::new(),
            key: None,
            value: Source::Field(Path::this()),
            details: Vec::new(),
            each: None,
            also: None,
        }
    }

    /// Whether each element is just one item.
    pub fn is_one_item(&self) -> bool {
        let from_handle = self.key.as_ref().is_some_and(Source::is_handle) || self.value.is_handle();
        self.live.is_empty() && self.each.is_none() && self.also.is_none() && !from_handle
    }

    /// Gives what `spot` holds, an element of the array at `array` or a node.
    pub fn give(&self, taker: &mut Taker<'_>, spot: Spot<'_>, array: Option<Addr>) -> ControlFlow<()> {
        match self.is_live(taker.process, spot, array) {
            Ok(true) => {}
            Ok(false) => return ControlFlow::Continue(()),
            Err(damage) => {
                taker.lost(1, damage);
                return ControlFlow::Continue(());
            }
        }
        self.give_live(taker, spot)
    }

    /// Gives what `spot` holds, of which the conditions are known to hold.
    pub fn give_live(&self, taker: &mut Taker<'_>, spot: Spot<'_>) -> ControlFlow<()> {
        if let Some(each) = &self.each {
            return each.run(taker, spot);
        }
        self.give_item(taker, spot, None).unwrap_or_else(|damage| {
            taker.lost(1, damage);
            ControlFlow::Continue(())
        })?;
        match &self.also {
            Some(also) => also.run(taker, spot),
            None => ControlFlow::Continue(()),
        }
    }

    /// Whether all conditions hold for `spot`.
    pub fn is_live(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        array: Option<Addr>,
    ) -> Result<bool, Damage> {
        for condition in &self.live {
            if !condition.holds(process, spot, array)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Gives the item that `spot` is or holds. An element without a key of its own has the one that is `known` of it.
    fn give_item(
        &self,
        taker: &mut Taker<'_>,
        spot: Spot<'_>,
        known: Option<Place<'_>>,
    ) -> Result<ControlFlow<()>, Damage> {
        let process = taker.process;
        let key = match &self.key {
            None => None,
            Some(source) => match source.locate(process, spot)? {
                Some(located) => Some(located),
                None => return Ok(ControlFlow::Continue(())),
            },
        };
        if !taker.wants_items() && !self.value.is_handle() {
            taker.count(1);
            return Ok(ControlFlow::Continue(()));
        }
        let Some(value) = self.value.locate(process, spot)? else { return Ok(ControlFlow::Continue(())) };
        let mut located = Vec::new();
        for (name, path) in &self.details {
            located.extend(path.locate(process, spot)?.map(|found| (&**name, found)));
        }
        let details: Vec<Detail<'_>> =
            located.iter().map(|(name, found)| Detail { name, place: found.place() }).collect();
        let item = Item {
            index: 0,
            key: key.as_ref().map(Located::place).or(known),
            value: value.place(),
            details: &details,
        };
        Ok(taker.give(item))
    }

    /// Gives an item that another collection gave, as this element sees it; its key stays unless this one has its own.
    pub fn give_seen(&self, taker: &mut Taker<'_>, item: Item<'_>) -> ControlFlow<()> {
        let place: Place<'_> = item.value;
        self.give_item(taker, Spot::Value(place), item.key).unwrap_or_else(|damage| {
            taker.lost(1, damage);
            ControlFlow::Continue(())
        })
    }
}
