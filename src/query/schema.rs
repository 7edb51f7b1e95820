//! The types of the dumps that a statement names: what the resolver asks for where the catalog does not suffice.
//!
//! The types that have objects are known from the walk over the heap, so a statement that names a type lets the heap
//! be walked before it is resolved. That is what answering it needs anyway.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::ast::{Expr, ExprKind, Item, Objects, Select, Source, SourceArgument};
use super::catalog;
use super::given::Given;
use super::{Environment, QueryError, RunOptions};
use crate::bytes::Addr;
use crate::clr::type_system::{TypeKind, TypeSystem};
use crate::diagnostic::{Span, nearest};
use crate::graph::{Snapshot, TypeInfo};
use crate::progress::Progress;
use crate::values::Values;

/// What given rows can refer to besides themselves.
static NOTHING: Environment = Environment::new();

/// The types of all dumps that are open, as far as a statement needs them.
pub struct Schema<'a> {
    snapshots: &'a [Snapshot],
    types: Vec<Option<DumpTypes<'a>>>,
    given: Option<Given<'a>>,
    environment: &'a Environment,
}

/// The types of a dump.
#[derive(Clone, Copy)]
pub struct DumpTypes<'a> {
    /// The types that have objects, in the order of their ids.
    pub heap: &'a [TypeInfo],
    /// What reads values and describes types; `None` when that is not known of the dump.
    pub values: Option<&'a Arc<Values>>,
    /// The dump.
    pub snapshot: &'a Snapshot,
}

/// Types that a name in a statement means.
#[derive(Clone, Debug, Default)]
pub struct NamedTypes {
    /// The MethodTables of the types that bear the name.
    pub bearers: Vec<Addr>,
    /// For each type that has objects, by its id, whether it is one of them.
    pub exactly: Vec<bool>,
    /// The same, with the types that derive from them, or implement them.
    pub with_subclasses: Vec<bool>,
    /// Whether the name is that of interfaces.
    pub is_interface: bool,
}

impl NamedTypes {
    /// For each type that has objects, by its id, whether it is meant, those that derive from the named ones too or not.
    pub fn ids(&self, subclasses: bool) -> &[bool] {
        if subclasses { &self.with_subclasses } else { &self.exactly }
    }
}

impl<'a> Schema<'a> {
    /// The types that `select` needs; walks the heaps of the dumps that it names types of.
    ///
    /// # Errors
    /// Such a dump has no heap.
    pub fn new(
        select: &Select,
        snapshots: &'a [Snapshot],
        options: &RunOptions<'a>,
    ) -> Result<Schema<'a>, QueryError> {
        let mut needs = Needs::new(options.environment);
        needs.select(select);
        Schema::with(&needs, snapshots, options)
    }

    /// The types that a statement about `objects` needs; walks the heaps of the dumps that they are of.
    ///
    /// # Errors
    /// As for [`Schema::new`].
    pub fn of_objects(
        objects: &[&Objects],
        snapshots: &'a [Snapshot],
        options: &RunOptions<'a>,
    ) -> Result<Schema<'a>, QueryError> {
        let mut needs = Needs::new(options.environment);
        objects.iter().for_each(|of| needs.argument(of.dump.as_ref(), &of.which));
        Schema::with(&needs, snapshots, options)
    }

    /// No dumps, but rows that are given instead.
    pub fn of_given(given: Given<'a>) -> Schema<'a> {
        Schema { snapshots: &[], types: Vec::new(), given: Some(given), environment: &NOTHING }
    }

    fn with(
        needs: &Needs<'_>,
        snapshots: &'a [Snapshot],
        options: &RunOptions<'a>,
    ) -> Result<Schema<'a>, QueryError> {
        let progress = options.progress;
        let mut types = vec![None; snapshots.len()];
        for (at, snapshot) in snapshots.iter().enumerate() {
            let Some(need) = needs.of(at) else { continue };
            match snapshot.heap(progress) {
                Ok(_) => types[at] = DumpTypes::of(Some(snapshot), progress),
                // A slip in a table's name is told as such, heap or not.
                Err(_) if need == Need::Slip => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Schema { snapshots, types, given: None, environment: options.environment })
    }

    /// The rows that stand in place of tables, where such are given.
    pub fn given(&self) -> Option<Given<'a>> {
        self.given
    }

    /// The answers that were kept.
    pub fn environment(&self) -> &'a Environment {
        self.environment
    }

    /// How many dumps are open.
    pub fn dumps(&self) -> usize {
        self.snapshots.len()
    }

    /// What reads the values of a dump; `None` when it tells nothing of its types.
    pub fn values(&self, snapshot: usize) -> Option<&'a Arc<Values>> {
        self.snapshots.get(snapshot)?.values.as_ref()
    }

    /// The types of a dump; `None` when the statement did not seem to need them.
    pub fn types(&self, snapshot: usize) -> Option<DumpTypes<'a>> {
        self.types.get(snapshot).copied().flatten()
    }
}

impl<'a> DumpTypes<'a> {
    /// The types of a dump; `None` when it has no heap.
    pub fn of(snapshot: Option<&'a Snapshot>, progress: &dyn Progress) -> Option<DumpTypes<'a>> {
        let snapshot = snapshot?;
        let heap = snapshot.heap(progress).ok()?.types.all();
        Some(DumpTypes { heap, values: snapshot.values.as_ref(), snapshot })
    }

    /// What describes types; `None` when that is not known of the dump.
    pub fn system(&self) -> Option<&'a TypeSystem> {
        self.values.map(|values| values.types())
    }

    /// The types that bear `name`; `None` when there are none.
    pub fn named(&self, name: &str) -> Option<NamedTypes> {
        let exactly: Vec<bool> = self.heap.iter().map(|t| &*t.name == name).collect();
        let bears = self.heap.iter().zip(&exactly).filter(|(_, is)| **is);
        let mut bearers: Vec<Addr> = bears.map(|(t, _)| t.method_table).collect();
        bearers.extend(self.system().map(|system| system.named(name)).unwrap_or_default());
        bearers.sort_unstable();
        bearers.dedup();
        if bearers.is_empty() {
            return None;
        }
        let mut found =
            NamedTypes { with_subclasses: exactly.clone(), exactly, bearers, is_interface: false };
        if let Some(system) = self.system() {
            let is_interface = |mt: &Addr| system.description(*mt).kind == TypeKind::Interface;
            found.is_interface = found.bearers.iter().all(is_interface);
            for (of, is) in self.heap.iter().zip(&mut found.with_subclasses) {
                let is_one = |&mt: &Addr| match found.is_interface {
                    true => system.implements(of.method_table, mt),
                    false => system.derives_from(of.method_table, mt),
                };
                *is = *is || found.bearers.iter().any(is_one);
            }
        }
        Some(found)
    }

    /// What to do about types that have no names; `None` where all have.
    pub fn without_names(&self) -> Option<String> {
        let unnamed = self.heap.iter().filter(|of| of.is_unnamed()).count();
        let all = self.heap.len();
        (unnamed > 0).then(|| {
            format!("{unnamed} of {all} types have no name: give the folders with their files, --files DIR")
        })
    }

    /// The name of a type with objects that is most likely meant: one that is spelled nearly so, else one that ends
    /// so (`Dog` for `Zoo.Dog`).
    pub fn near(&self, name: &str) -> Option<&'a str> {
        let names = || self.heap.iter().map(|t| &*t.name);
        let ends_so =
            |full: &&str| full.strip_suffix(name).is_some_and(|before| before.ends_with(['.', '+']));
        nearest(name, names()).or_else(|| names().find(ends_so))
    }
}

/// How much a statement depends on the types of a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Need {
    /// Only a source that may be a slip in a table's name seems to be a type.
    Slip,
    /// It names a type, or a path begins somewhere.
    Types,
}

/// The dumps whose types a statement needs; every dump where a path or a type is named in an expression.
struct Needs<'a> {
    dumps: FxHashSet<(Option<usize>, Need)>,
    /// What tables are called: behind such a name stands a column, not a path.
    tables: FxHashSet<String>,
    environment: &'a Environment,
    /// The names of `with` that are in sight.
    names: Vec<String>,
}

impl<'a> Needs<'a> {
    fn new(environment: &'a Environment) -> Needs<'a> {
        Needs { dumps: FxHashSet::default(), tables: FxHashSet::default(), environment, names: Vec::new() }
    }

    /// Whether rows that are no dump's bear the name: those of `with`, or of an answer that was kept.
    fn is_name_of_rows(&self, name: &str) -> bool {
        name.starts_with('$')
            || self.environment.answer(name).is_some()
            || self.names.iter().any(|n| n == name)
    }

    fn of(&self, dump: usize) -> Option<Need> {
        let has = |need| self.dumps.contains(&(Some(dump), need)) || self.dumps.contains(&(None, need));
        [Need::Types, Need::Slip].into_iter().find(|&need| has(need))
    }

    fn select(&mut self, select: &Select) {
        let outside = self.names.len();
        for with in &select.with {
            self.select(&with.select);
            self.names.push(with.name.text.clone());
        }
        self.body(select);
        self.names.truncate(outside);
    }

    fn body(&mut self, select: &Select) {
        select.source.iter().for_each(|source| self.source(source));
        let items = select.items.iter().filter_map(|item| match item {
            Item::Expr { expr, .. } => Some(expr),
            Item::All(_) | Item::AllOf(..) => None,
        });
        let others = select.filter.iter().chain(&select.group_by).chain(&select.having);
        let order = select.order_by.iter().map(|key| &key.expr);
        items.chain(others).chain(order).for_each(|expr| self.expr(expr));
    }

    fn source(&mut self, source: &Source) {
        match source {
            Source::Select(inner) => self.select(inner),
            Source::Combined(both) => [&both.left, &both.right].into_iter().for_each(|s| self.select(s)),
            Source::Table { dump: None, name: Some(name), .. } if self.is_name_of_rows(&name.text) => {}
            Source::Table { dump, name: Some(name), .. } if catalog::table(&name.text).is_none() => {
                let slip = nearest(&name.text, catalog::tables().iter().map(|t| t.name)).is_some();
                self.dump(dump.as_ref().map(|d| d.0), if slip { Need::Slip } else { Need::Types });
            }
            Source::Call { dump, argument, .. } => {
                self.dump(dump.as_ref().map(|d| d.0), Need::Types);
                self.argument(dump.as_ref(), argument);
            }
            Source::Table { .. } => {}
            Source::Join(join) => {
                for of in join.sources() {
                    self.source(&of.source);
                    let name = of.alias.as_ref().or(match &of.source {
                        Source::Table { name, .. } => name.as_ref(),
                        _ => None,
                    });
                    let is_table = match &of.source {
                        Source::Table { name: Some(name), subclasses: false, .. } => {
                            catalog::table(&name.text).is_some() || self.is_name_of_rows(&name.text)
                        }
                        Source::Select(_) => true,
                        _ => false,
                    };
                    if let (Some(name), true) = (name, is_table) {
                        self.tables.insert(name.text.clone());
                    }
                }
                join.others.iter().for_each(|other| self.expr(&other.on));
            }
        }
    }

    fn argument(&mut self, dump: Option<&(u32, Span)>, argument: &SourceArgument) {
        match argument {
            SourceArgument::Select(inner) => self.select(inner),
            SourceArgument::Type { name, .. }
                if name
                    .text
                    .split_once('.')
                    .is_some_and(|(first, _)| self.environment.answer(first).is_some()) => {}
            SourceArgument::Type { .. } => self.dump(dump.map(|d| d.0), Need::Types),
            SourceArgument::Values(_) | SourceArgument::Kept(_) => {}
        }
    }

    /// Whether an expression is the name of a table.
    fn is_table(&self, expr: &Expr) -> bool {
        matches!(&expr.kind, ExprKind::Name(name) if self.tables.contains(name))
    }

    fn dump(&mut self, number: Option<u32>, need: Need) {
        // `@0` is no dump, which the parser refuses.
        let dump = number.map_or(0, |n| n as usize).saturating_sub(usize::from(number.is_some()));
        self.dumps.insert((Some(dump), need));
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Member(source, _) if self.is_table(source) => {}
            ExprKind::Member(..) | ExprKind::Index(..) | ExprKind::Cast(..) | ExprKind::IsType(..) => {
                self.dumps.insert((None, Need::Types));
            }
            ExprKind::InSelect(_, select) | ExprKind::Select(select) | ExprKind::Exists(select) => {
                self.select(select);
            }
            _ => {}
        }
        expr.parts().into_iter().for_each(|part| self.expr(part));
    }
}
