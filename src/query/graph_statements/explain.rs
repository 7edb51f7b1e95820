//! What a statement about the graph walks, builds and searches.

use super::super::Snapshot;
use crate::query::QueryError;
use crate::query::ast::GraphStatement;
use crate::query::exec::no_dump;
use crate::query::plan::{Operand, Step, explain_addresses};

/// The steps of a statement about the objects of `operands`, in the order in which they are done.
///
/// # Errors
/// No dump is open.
pub fn explain(
    statement: &GraphStatement,
    operands: &[Operand],
    snapshots: &[Snapshot],
) -> Result<Vec<Step>, QueryError> {
    let position = operands.first().map_or(0, |operand| operand.snapshot);
    let snapshot = snapshots.get(position).ok_or_else(no_dump)?;
    let built = |is_built| if is_built { "was built before" } else { "is built first" };
    let graph = snapshot.graph();
    let mut steps: Vec<Step> =
        vec![("walk heap", format!("dump {}, unless that was done before", position + 1))];
    steps.extend(operands.iter().flat_map(|operand| explain_addresses(&operand.addresses, snapshots)));
    let references =
        ("build", format!("the references of all objects: {}", built(graph.built_references().is_some())));
    let referrers =
        ("build", format!("the references turned around: {}", built(graph.built_referrers().is_some())));
    let roots = ("build", format!("the roots: {}", built(graph.built_roots().is_some())));
    let dominators = ("build", format!("the dominators: {}", built(graph.built_dominators().is_some())));
    let text = |text: &str| text.to_owned();
    steps.extend(match statement {
        GraphStatement::RootsOf(_) => vec![
            references,
            referrers,
            roots,
            ("search", text("breadth first, from the objects back along referrers, to every root")),
            ("read", text("the slots of the objects on the paths, for the fields")),
        ],
        GraphStatement::PathFromTo(..) => vec![
            references,
            (
                "search",
                text(
                    "breadth first, from the first objects along references, until one of the others is met",
                ),
            ),
            ("read", text("the slots of the objects on the path, for the fields")),
        ],
        GraphStatement::PathsTo(_) => vec![
            references,
            roots,
            ("search", text("breadth first, from all roots along references, through the whole heap")),
            ("merge", text("the paths to the objects, by root, types and fields")),
        ],
        GraphStatement::ReferencesOf(_) => {
            vec![references, ("read", text("the slots of the objects, for the fields"))]
        }
        GraphStatement::ReferrersOf(_) => {
            vec![references, referrers, ("read", text("the slots of the referrers, for the fields"))]
        }
        GraphStatement::RetainedBy(_) => vec![
            references,
            roots,
            (
                "search",
                text(
                    "from all roots along references but through the objects; what is not met goes with them",
                ),
            ),
        ],
        GraphStatement::DominatorsOf(_) => {
            vec![
                references,
                roots,
                dominators,
                ("follow", text("the dominators from the objects up to the roots")),
            ]
        }
    });
    Ok(steps)
}
