//! The slots of a thread's frames that hold references.

use std::sync::Arc;

use crate::bytes::Addr;
use crate::clr::stack_roots::{Scanned, StackRootScanner, StackSlot};
use crate::clr::stacks::ThreadFrames;
use crate::graph::ObjectId;
use crate::graph::roots::build::Sources;
use crate::graph::roots::{Root, RootKind};

/// The roots on the stack of `thread`, from the innermost frame out.
pub(super) fn roots(
    sources: Sources<'_>,
    scanner: &StackRootScanner<'_>,
    thread: &ThreadFrames,
) -> (Vec<Root>, Scanned) {
    let mut roots = Vec::new();
    // Frames of one method follow each other where it calls itself, and slots of one frame always do.
    let mut last: Option<(Addr, Option<Arc<str>>)> = None;
    let scanned = scanner.scan(thread, &mut |slot| {
        let Some((object, interior)) = object(sources, &slot) else { return };
        let name = slot.method_desc.and_then(|method_desc| match &last {
            Some((known, name)) if *known == method_desc => name.clone(),
            _ => {
                let name = sources.types.method(method_desc).map(|method| method.name);
                last = Some((method_desc, name.clone()));
                name
            }
        });
        roots.push(Root {
            name,
            os_id: Some(thread.os_id),
            interior,
            pinned: slot.pinned,
            certain: slot.certain,
            frame: Some(slot.frame),
            slot: Some(slot.name),
            ..Root::new(RootKind::Stack, slot.address, object)
        });
    });
    (roots, scanned)
}

/// The object that a slot leads to, and whether it points inside of it. Slots of frames at odd places hold rubbish, and
/// interior ones may point at the stack or at static memory: those lead to none.
fn object(sources: Sources<'_>, slot: &StackSlot) -> Option<(ObjectId, bool)> {
    if !slot.interior {
        return Some((sources.object(slot.value)?, false));
    }
    let object = sources.object_around(slot.value)?;
    Some((object, sources.heap.objects.address(object) != Some(slot.value)))
}
