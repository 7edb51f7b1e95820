//! What a statement about the graph walks, builds and searches.

use super::super::Snapshot;
use crate::query::ast::GraphStatement;
use crate::query::plan::{GraphPart, Operand, Step, explain_operands};

/// The steps of a statement about the objects of `operands`, in the order in which they are done.
pub fn explain(statement: &GraphStatement, operands: &[Operand], snapshots: &[Snapshot]) -> Vec<Step> {
    let mut steps = explain_operands(operands, parts(statement), snapshots);
    steps.extend(searched(statement));
    steps
}

/// The parts of the graph that a statement takes, in the order in which they are built.
fn parts(statement: &GraphStatement) -> &'static [GraphPart] {
    use GraphPart::{Dominators, References, Referrers, Roots};
    match statement {
        GraphStatement::RootsOf(_) => &[References, Referrers, Roots],
        GraphStatement::PathFromTo(..) | GraphStatement::ReferencesOf(_) => &[References],
        GraphStatement::ReferrersOf(_) => &[References, Referrers],
        GraphStatement::PathsTo(_) | GraphStatement::RetainedBy(_) => &[References, Roots],
        GraphStatement::DominatorsOf(_) => &[References, Roots, Dominators],
    }
}

/// What is done with them.
fn searched(statement: &GraphStatement) -> Vec<Step> {
    let text = |text: &str| text.to_owned();
    match statement {
        GraphStatement::RootsOf(_) => vec![
            ("search", text("breadth first, from the objects back along referrers, to every root")),
            ("read", text("the slots of the objects on the paths, for the fields")),
        ],
        GraphStatement::PathFromTo(..) => vec![
            (
                "search",
                text(
                    "breadth first, from the first objects along references, until one of the others is met",
                ),
            ),
            ("read", text("the slots of the objects on the path, for the fields")),
        ],
        GraphStatement::PathsTo(_) => vec![
            ("search", text("breadth first, from all roots along references, through the whole heap")),
            ("merge", text("the paths to the objects, by root, types and fields")),
        ],
        GraphStatement::ReferencesOf(_) => {
            vec![("read", text("the slots of the objects, for the fields"))]
        }
        GraphStatement::ReferrersOf(_) => {
            vec![("read", text("the slots of the referrers, for the fields"))]
        }
        GraphStatement::RetainedBy(_) => vec![(
            "search",
            text("from all roots along references but through the objects; what is not met goes with them"),
        )],
        GraphStatement::DominatorsOf(_) => {
            vec![("follow", text("the dominators from the objects up to the roots"))]
        }
    }
}
