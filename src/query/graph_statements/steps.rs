//! The objects of a path as cells and as links of a chain.

use std::sync::Arc;

use crate::graph::ObjectId;
use crate::graph::paths::{Slots, Trail};
use crate::query::chains::Link;
use crate::query::scalar::Scalar;
use crate::units::grouped;

/// An object on a path.
#[derive(Clone, Debug)]
pub struct PathStep {
    /// The object.
    pub object: ObjectId,
    /// The field or element by which it holds the next; `None` for the last.
    pub field: Option<Arc<str>>,
    /// How many objects are left out behind it.
    pub left_out: u64,
}

/// The steps of a path, with the fields by which each object holds the next.
pub fn steps(trail: &Trail, slots: &mut Slots<'_>) -> Vec<PathStep> {
    let objects: Vec<ObjectId> = trail.head.iter().chain(&trail.tail).copied().collect();
    let cut = (trail.left_out > 0).then(|| trail.head.len().wrapping_sub(1));
    let step = |(at, &object): (usize, &ObjectId)| {
        let is_cut = cut == Some(at);
        let next = objects.get(at + 1).filter(|_| !is_cut);
        PathStep {
            object,
            field: next.map(|&next| slots.name(object, next)),
            left_out: if is_cut { trail.left_out } else { 0 },
        }
    };
    objects.iter().enumerate().map(step).collect()
}

/// The name of an object's type.
pub fn type_name(object: ObjectId, slots: &Slots<'_>) -> Arc<str> {
    slots.object(object).map_or_else(|| Arc::from("?"), |(of, _)| Arc::clone(&of.name))
}

/// What is left out of a path, in words.
pub fn gap(left_out: u64) -> Option<String> {
    (left_out > 0).then(|| format!("{} more", grouped(i128::from(left_out))))
}

/// A path as a list of lists: address, type, field. What is left out stands among them as a list whose address is null and
/// whose type says how many objects that are.
pub fn cells(steps: &[PathStep], slots: &Slots<'_>) -> Scalar {
    let mut cells = Vec::with_capacity(steps.len() + 1);
    for step in steps {
        let field = step.field.clone().map_or(Scalar::Null, Scalar::Text);
        let address = Scalar::Address(slots.address(step.object).0);
        cells.push(list([address, Scalar::Text(type_name(step.object, slots)), field]));
        if let Some(gap) = gap(step.left_out) {
            cells.push(list([Scalar::Null, Scalar::Text(gap.into()), Scalar::Null]));
        }
    }
    Scalar::List(cells.into())
}

/// Values as a list.
pub fn list<const N: usize>(values: [Scalar; N]) -> Scalar {
    Scalar::List(Arc::new(values))
}

/// A path as links of a chain.
pub fn links(steps: &[PathStep], slots: &Slots<'_>) -> Vec<Link> {
    let link = |step: &PathStep| Link {
        type_name: type_name(step.object, slots),
        address: Some(slots.address(step.object)),
        field: step.field.clone(),
        gap: gap(step.left_out),
    };
    steps.iter().map(link).collect()
}
