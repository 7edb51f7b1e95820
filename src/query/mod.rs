//! The query language: text in, answers in columns out. Does not print.
//!
//! | stage | what comes in | what goes out |
//! | --- | --- | --- |
//! | `lexer` | text | tokens |
//! | `parser` | tokens | a statement (`ast`), every part with its place in the text |
//! | `resolve` | a statement, the [`catalog`] and the types of the dumps (`schema`) | a `plan`: names are columns or `path`s, kinds are checked |
//! | `exec` | a plan and the dumps | columns |
//!
//! Whatever is wrong with a statement is found before any of its rows is read, and told as a
//! [`Diagnostic`] with its place. The formal grammar is `grammar/heapql.ebnf`; a test holds the parser to it.

mod analyze;
mod answer;
mod assertion;
mod ast;
pub mod catalog;
mod cells;
mod chains;
pub mod cursor;
mod environment;
mod exec;
mod given;
mod graph_statements;
mod grouped;
mod lexer;
mod like;
mod listing;
mod memory;
mod object;
mod parser;
mod path;
mod place;
mod plan;
mod resolve;
mod rows;
mod scalar;
mod schema;
pub mod script;
mod several;
#[cfg(test)]
mod tests;
mod value_set;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub use crate::diagnostic::{Diagnostic, Span, nearest};
pub use answer::{Answer, AnswerColumn, Assertion, Kind, ValueRef};
pub use cells::{Cells, Data as CellData, Texts as CellTexts};
pub use chains::{Chain, Chains, Link};
pub use environment::Environment;
pub use given::{Given, Tested, rows_where, select_over};
pub use grouped::{GroupedAnswer, GroupedSelect, NamedOrder, Role};
pub use lexer::{is_incomplete, parse_size, split_statements};
pub use memory::MemoryUnit;
pub use rows::{Delivered, Rows, RunError};
pub use several::{SeveralDumps, parse_several};

use crate::graph::Snapshot;
use crate::memory_limit::MemoryLimit;
use crate::problem::Problem;
use crate::progress::{NoProgress, Progress};
use ast::{Select, Statement};
use exec::Execution;
use plan::{GraphPart, Plan, Source};
use schema::{DumpTypes, Schema};

/// How a statement is run.
#[derive(Clone, Copy)]
pub struct RunOptions<'a> {
    /// Who is told of progress, should the heap have to be walked.
    pub progress: &'a dyn Progress,
    /// Set from elsewhere to stop the statement; it is looked at every few thousand rows.
    pub cancel: &'a AtomicBool,
    /// The parameters and the kept answers that the statement can refer to.
    pub environment: &'a Environment,
    /// How much memory the statement may take beyond what opening and the graph take.
    pub memory: MemoryLimit,
}

impl Default for RunOptions<'static> {
    /// Tells nobody, is never stopped, and knows neither parameters nor kept answers.
    fn default() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        static EMPTY: Environment = Environment::new();
        RunOptions {
            progress: &NoProgress,
            cancel: &NEVER,
            environment: &EMPTY,
            memory: MemoryLimit::Available,
        }
    }
}

impl fmt::Debug for RunOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunOptions").field("cancel", self.cancel).finish_non_exhaustive()
    }
}

/// Why a statement has no answer.
#[derive(Debug)]
pub enum QueryError {
    /// The statement is wrong.
    Statement(Diagnostic),
    /// The dump cannot answer: it has no heap, for example.
    Data(Arc<crate::Error>),
    /// It was stopped.
    Cancelled,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QueryError::Statement(diagnostic) => f.write_str(&diagnostic.message),
            QueryError::Data(error) => error.fmt(f),
            QueryError::Cancelled => f.write_str("stopped"),
        }
    }
}

impl std::error::Error for QueryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            QueryError::Data(error) => error.source(),
            _ => None,
        }
    }
}

impl From<Diagnostic> for QueryError {
    fn from(diagnostic: Diagnostic) -> Self {
        QueryError::Statement(diagnostic)
    }
}

impl From<Arc<crate::Error>> for QueryError {
    fn from(error: Arc<crate::Error>) -> Self {
        QueryError::Data(error)
    }
}

/// Whether a text is a statement, as far as that can be told without a dump: its names and kinds are not looked at.
///
/// # Errors
/// The place from which on it is none.
pub fn check_syntax(statement: &str) -> Result<(), Diagnostic> {
    parser::parse_form(statement).map(|_| ())
}

/// Answers one statement, which may end with a semicolon. Those about several dumps ([`parse_several`]) are refused:
/// [`crate::diff::run`] answers every statement.
///
/// Statements address the first of `snapshots` unless they name another (`from @2.objects`). The heap is walked
/// by the first statement that needs it. The answer is the same for every number of threads.
///
/// # Errors
/// [`QueryError::Statement`] with the place of the mistake; [`QueryError::Data`] when the dump cannot
/// answer; [`QueryError::Cancelled`] soon after [`RunOptions::cancel`] is set. Damage in parts of
/// the dump is no error but stands in [`Answer::warnings`].
pub fn run(snapshots: &[Snapshot], statement: &str, options: &RunOptions<'_>) -> Result<Answer, QueryError> {
    let started = Instant::now();
    let mut answer = match parser::parse(statement, options.environment)? {
        Statement::Select(select) => {
            let plan = plan(&select, statement, snapshots, options)?;
            select_answer(&plan, snapshots, options)?
        }
        Statement::Let(name, select) => {
            resolve::check_kept_name(&name, snapshots)?;
            let plan = plan(&select, statement, snapshots, options)?;
            Answer { keep_as: Some(name.text), ..select_answer(&plan, snapshots, options)? }
        }
        Statement::Assert(assertion) => assertion::assert(&assertion, statement, snapshots, options)?,
        Statement::ExplainAnalyze(select) => analyze::analyze(&select, statement, snapshots, options)?,
        Statement::Explain(select) => {
            let plan = plan(&select, statement, snapshots, options)?;
            listing::steps(&plan::explain(&plan, snapshots))
        }
        Statement::Graph(graph) => graph_statements::answer(&graph, statement, snapshots, options)?,
        Statement::ExplainGraph(graph) => {
            listing::steps(&graph_statements::explain(&graph, statement, snapshots, options)?)
        }
        Statement::ExplainDiff(select) => {
            let grouped = GroupedSelect::new(statement, *select);
            listing::steps(&grouped.explain(snapshots, options)?)
        }
        Statement::Several(several) => return Err(several::refusal(&several, statement).into()),
        Statement::Tables => listing::all_tables(),
        Statement::Describe(name) => {
            listing::describe(&name, || DumpTypes::of(snapshots.first(), options.progress))?
        }
        Statement::Help(word) => listing::help(word.as_ref())?,
        Statement::Object(at) => object::object(&at, snapshots, options)?,
    };
    answer.query = statement.trim().to_owned();
    answer.elapsed = started.elapsed();
    Ok(answer)
}

/// Answers one statement as [`run`] does and has `take` write its rows. A select without groups and without an order is
/// not held in memory: its rows are found while they are taken.
///
/// # Errors
/// [`RunError::Query`] as for [`run`], [`RunError::Output`] of `take`.
pub fn run_into(
    snapshots: &[Snapshot],
    statement: &str,
    options: &RunOptions<'_>,
    take: &mut dyn FnMut(&Rows<'_>) -> io::Result<()>,
) -> Result<Delivered, RunError> {
    let started = Instant::now();
    if let Statement::Select(select) = parser::parse(statement, options.environment)? {
        let plan = plan(&select, statement, snapshots, options)?;
        if plan.streams() {
            let execution = Execution::new(snapshots, options);
            let mut answer = Answer { query: statement.trim().to_owned(), ..Answer::default() };
            let rows = exec::stream(&plan, &execution, &mut |scanned| {
                answer.columns = scanned.columns().to_vec();
                take(&Rows::scanned(&answer, scanned))
            })?;
            answer.warnings = warnings(&plan, &execution);
            answer.elapsed = started.elapsed();
            return Ok(Delivered { answer, rows });
        }
    }
    let answer = run(snapshots, statement, options)?;
    deliver(answer, take)
}

/// Has `take` write an answer that is at hand.
///
/// # Errors
/// [`RunError::Output`] of `take`.
pub fn deliver(
    answer: Answer,
    take: &mut dyn FnMut(&Rows<'_>) -> io::Result<()>,
) -> Result<Delivered, RunError> {
    take(&Rows::whole(&answer)).map_err(RunError::Output)?;
    Ok(Delivered { rows: answer.row_count(), answer })
}

/// The plan of a select. Where it names types, the heap is walked, since that is what tells which there are.
fn plan(
    select: &Select,
    statement: &str,
    snapshots: &[Snapshot],
    options: &RunOptions<'_>,
) -> Result<Plan, QueryError> {
    let schema = Schema::new(select, snapshots, options)?;
    Ok(resolve::resolve(select, statement, &schema)?)
}

fn select_answer(
    plan: &Plan,
    snapshots: &[Snapshot],
    options: &RunOptions<'_>,
) -> Result<Answer, QueryError> {
    let execution = Execution::new(snapshots, options);
    let columns = exec::execute(plan, &execution)?.into_columns().into_iter().zip(&plan.items);
    let columns = columns.map(|(cells, item)| AnswerColumn {
        name: item.name.clone(),
        kind: item.expr.kind_or_text(),
        cells,
    });
    let columns = columns.collect();
    Ok(Answer { columns, warnings: warnings(plan, &execution), dump: plan.dump(), ..Answer::default() })
}

/// What was left out of the rows of a plan.
fn warnings(plan: &Plan, execution: &Execution<'_>) -> Vec<Problem> {
    let mut warnings = Vec::new();
    dump_problems(plan, execution.snapshots, &mut warnings, execution.progress);
    warnings.extend(execution.problems());
    warnings
}

/// The problems of the dumps that a plan touches, each once: those of opening, and those of the walk
/// where the plan needed it.
fn dump_problems(plan: &Plan, snapshots: &[Snapshot], problems: &mut Vec<Problem>, progress: &dyn Progress) {
    let mut add = |more: &[Problem]| {
        for problem in more {
            if !problems.contains(problem) {
                problems.push(problem.clone());
            }
        }
    };
    if let Source::Table { snapshot, .. }
    | Source::Items { snapshot, .. }
    | Source::Memory { snapshot, .. }
    | Source::Related { snapshot, .. } = &plan.source
        && let Some(snapshot) = snapshots.get(*snapshot)
    {
        add(&snapshot.problems);
        if plan.needs_heap()
            && let Ok(heap) = snapshot.heap(progress)
        {
            add(&heap.problems);
        }
        for part in plan.graph_parts() {
            let graph = snapshot.graph();
            match part {
                GraphPart::References => add(graph.reference_problems()),
                GraphPart::Roots => graph.built_roots().iter().for_each(|built| add(&built.problems)),
                GraphPart::Referrers | GraphPart::Reachable | GraphPart::Depths | GraphPart::Dominators => {}
            }
        }
    }
    plan.inner_plans(&mut |inner| dump_problems(inner, snapshots, problems, progress));
}
