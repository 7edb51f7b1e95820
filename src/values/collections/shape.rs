//! A shape of collections: which types have it, how many items they hold and how to get at them.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::type_system::{TypeDescription, TypeKind};
use crate::limits;

use super::expression::Expression;
use super::kind::{Member, has_all};
use super::path::{Path, Spot, same_field};
use super::process::Process;
use super::walk::{Taker, Walk};
use super::{Damage, Item, ItemsEnd};

/// A shape, as its data describe it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    /// What it is called.
    pub name: Arc<str>,
    /// Whether the type must be a struct.
    pub value_type: bool,
    /// The fields that one type must declare, all of them.
    pub fields: Vec<Member>,
    /// Whether that type may declare no others but those in `may`.
    pub only: bool,
    /// Fields that do not matter.
    pub may: Vec<Box<str>>,
    /// Fields that the type must have besides, wherever they are declared.
    pub inherited: Vec<Member>,
    /// How many items there are; without it they are counted.
    pub count: Option<Expression>,
    /// How many there is room for, where the arrays alone do not tell.
    pub capacity: Option<Expression>,
    /// Arrays that have a slot for each item besides the ones that hold the items.
    pub beside: Vec<Path>,
    /// How to get at the items.
    pub items: Walk,
}

impl Shape {
    /// Whether the fields that `declaring` gives to the type of `description` make it a collection of this shape.
    fn fits(&self, process: &dyn Process, description: &TypeDescription, declaring: Addr) -> bool {
        let known = |name: &str| {
            let mut names = self.fields.iter().map(|(name, _)| name).chain(&self.may);
            names.any(|known| same_field(known, name))
        };
        let mut own = description.fields.iter().filter(|field| field.declared_in == declaring);
        (!self.value_type || description.kind == TypeKind::Struct)
            && has_all(process, description, Some(declaring), &self.fields)
            && has_all(process, description, None, &self.inherited)
            && (!self.only || own.all(|field| known(&field.name)))
    }
}

/// A shape bound to a type: what its data name is where it was found, offsets are remembered once they were looked up.
#[derive(Debug)]
pub struct BoundShape {
    shape: Shape,
    /// Which of the types that the type derives from declares the fields.
    declared_in: Addr,
    method_table: Addr,
}

impl BoundShape {
    /// The first of `shapes` that the type fits: a derived type's own fields come before its base's.
    pub(super) fn find(
        process: &dyn Process,
        shapes: &[Shape],
        description: &TypeDescription,
    ) -> Option<BoundShape> {
        if !matches!(description.kind, TypeKind::Class | TypeKind::Struct) {
            return None;
        }
        let mut last = None;
        for field in description.fields.iter().rev() {
            let declaring = field.declared_in;
            if last.replace(declaring) == Some(declaring) {
                continue;
            }
            if let Some(shape) = shapes.iter().find(|shape| shape.fits(process, description, declaring)) {
                let method_table = description.method_table;
                return Some(BoundShape { shape: shape.clone(), declared_in: declaring, method_table });
            }
        }
        None
    }

    /// What the shape is called: `List`, `Dictionary`.
    pub fn name(&self) -> &Arc<str> {
        &self.shape.name
    }

    /// The MethodTable of the type that it is bound to.
    pub fn method_table(&self) -> Addr {
        self.method_table
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The object at `object`, as what the shape's paths start from.
    pub(super) fn object(&self, object: Addr) -> Spot<'static> {
        Spot::Object { object, mt: self.method_table, declared_in: Some(self.declared_in) }
    }

    /// The struct whose data begin at `data`, as what the shape's paths start from.
    pub(super) fn in_place(&self, data: Addr) -> Spot<'static> {
        Spot::Struct { data, mt: self.method_table, declared_in: Some(self.declared_in) }
    }

    /// How many items `spot` holds.
    pub(super) fn count(&self, process: &dyn Process, spot: Spot<'_>, depth: u32) -> Result<u64, Damage> {
        if let Some(count) = &self.shape.count {
            return count.count(process, spot, u64::MAX);
        }
        let mut counter = Taker::counting(process, deeper(spot, depth)?);
        let _ = self.shape.items.run(&mut counter, spot);
        match counter.end.damage {
            None => Ok(counter.end.given),
            Some(damage) => Err(damage),
        }
    }

    /// Gives the items of `spot` to `give`.
    pub(super) fn items(
        &self,
        process: &dyn Process,
        spot: Spot<'_>,
        depth: u32,
        give: &mut dyn FnMut(Item<'_>) -> ControlFlow<()>,
    ) -> ItemsEnd {
        let depth = match deeper(spot, depth) {
            Ok(depth) => depth,
            Err(damage) => return ItemsEnd { damage: Some(damage), ..ItemsEnd::default() },
        };
        let mut taker = Taker::giving(process, depth, give);
        let flow = self.shape.items.run(&mut taker, spot);
        let mut end = taker.end;
        end.stopped = flow.is_break();
        if !end.stopped && end.damage.is_some() {
            // A lost node takes with it what hangs on it: the collection's own count tells how much that was.
            let count = self.shape.count.as_ref().and_then(|c| c.value(process, spot).ok()).unwrap_or(0);
            let untold = u64::try_from(count).unwrap_or(0).saturating_sub(end.given);
            end.missing = end.missing.max(untold);
        }
        end
    }
}

/// The depth within one more collection.
pub(super) fn deeper(spot: Spot<'_>, depth: u32) -> Result<u32, Damage> {
    if depth < limits::MAX_WRAPPED_COLLECTIONS {
        return Ok(depth + 1);
    }
    Err(Damage::TooDeep(match spot {
        Spot::Object { object, .. } => object,
        Spot::Struct { data, .. } => data,
        Spot::Value(place) => place.address,
    }))
}
