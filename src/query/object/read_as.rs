//! `object ADDR as TYPE`: what lies at an address, read as a type that it does not name itself: a struct in an array
//! or on a stack, an object whose MethodTable is damaged.

use crate::bytes::Addr;
use crate::clr::type_system::TypeSystem;
use crate::diagnostic::Diagnostic;
use crate::graph::Snapshot;
use crate::progress::Progress;
use crate::query::ast::ReadAs;
use crate::query::schema::DumpTypes;

/// The MethodTable of the type that a statement names, by its name or by the MethodTable itself.
///
/// # Errors
/// At its place: there is no such type, or several bear the name.
pub fn method_table(
    read_as: &ReadAs,
    snapshot: &Snapshot,
    types: &TypeSystem,
    progress: &dyn Progress,
) -> Result<Addr, Diagnostic> {
    match read_as {
        ReadAs::MethodTable(at, span) => {
            let mt = Addr(*at);
            if types.method_tables().is_method_table(types.memory(), mt) {
                return Ok(mt);
            }
            Err(Diagnostic::new(span.clone(), format!("{mt} is no MethodTable"))
                .hint("`select type, mt from loaded_types` lists them"))
        }
        ReadAs::Type(name) => {
            let known = DumpTypes::of(Some(snapshot), progress);
            let bearers = known.and_then(|known| known.named(&name.text)).map(|named| named.bearers);
            match bearers.unwrap_or_default()[..] {
                [mt] => Ok(mt),
                [] => {
                    let message = format!("no type is called `{}`", name.text);
                    let near = known.and_then(|known| known.near(&name.text));
                    let hint = near.map_or_else(
                        || "`select type, mt from loaded_types where type like '%...%'` finds it".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    Err(Diagnostic::new(name.span.clone(), message).hint(hint))
                }
                [first, ..] => {
                    let message = format!("several types are called `{}`", name.text);
                    Err(Diagnostic::new(name.span.clone(), message)
                        .hint(format!("give the MethodTable, the first being {first}")))
                }
            }
        }
    }
}
