//! Paths through objects, and tests of objects' types.

use std::sync::Arc;

use super::Checked;
use super::expression::{Context, boolean};
use super::scope::{ObjectRows, Scope};
use super::source::{refuse_generic_interface, unknown_type};
use crate::diagnostic::{Diagnostic, Span, one_of};
use crate::query::Kind;
use crate::query::ast::{Expr, ExprKind, Name};
use crate::query::catalog::{Aggregate, Level};
use crate::query::cells::Cells;
use crate::query::path::{Form, Outcome, Path, Program, Step, Stuck, outcome, outcome_of_any};
use crate::query::plan::{AggregateCall, Node, ObjectProperty, TypeTest, Typed};
use crate::query::schema::{DumpTypes, NamedTypes};

/// The word for the object that a row is.
pub const THIS: &str = "this";

/// How many members a message lists; of more, only a near one is told.
const MAX_LISTED: usize = 16;

/// The steps of a path as it was written, and the place of each.
#[derive(Default)]
struct Steps {
    steps: Vec<Step>,
    spans: Vec<Span>,
}

impl Steps {
    fn reversed(mut self) -> Steps {
        self.steps.reverse();
        self.spans.reverse();
        self
    }

    fn push(&mut self, step: Step, span: Span) {
        self.steps.push(step);
        self.spans.push(span);
    }

    fn put_first(&mut self, name: &str, span: &Span) {
        self.steps.insert(0, Step::Member(Arc::from(name)));
        self.spans.insert(0, span.clone());
    }
}

impl Context<'_> {
    /// Resolves a path.
    pub(super) fn path(&mut self, expr: &Expr) -> Checked<Typed> {
        let mut steps = Steps::default();
        let mut root = expr;
        loop {
            // What a grouped query has of a row are its keys: a path may begin at one.
            let key = self.groups.as_ref().and_then(|groups| groups.key(&root.to_string()));
            if let Some(key) = key {
                return self.path_from(key, root, None, steps.reversed());
            }
            match &root.kind {
                ExprKind::Member(inner, name) => {
                    steps.push(Step::Member(Arc::from(name.text.as_str())), name.span.clone());
                    root = inner;
                }
                ExprKind::Index(inner, indexes) => {
                    let span = inner.span.end..root.span.end;
                    steps.push(Step::Index(Arc::from(indexes.as_slice())), span);
                    root = inner;
                }
                _ => break,
            }
        }
        let mut steps = steps.reversed();
        if self.scope.join.is_some() && matches!(root.kind, ExprKind::Name(_)) {
            return self.of_group(expr);
        }
        if let ExprKind::Name(name) = &root.kind
            && self.begins_at_row(name)
        {
            if self.groups.is_some() {
                return Err(self.no_key(&expr.to_string(), &expr.span));
            }
            if self.scope.find(name).is_empty() && name != THIS {
                steps.put_first(name, &root.span);
            }
            return self.path_of_row(steps);
        }
        let cast = match &root.kind {
            ExprKind::Cast(inner, name) => Some(self.named_types(name, inner)?),
            _ => None,
        };
        let start = self.expression(root)?;
        self.path_from(start, root, cast, steps)
    }

    /// A field of the row's object by its name alone.
    pub(super) fn field(&mut self, name: &str, span: &Span) -> Checked<Typed> {
        if self.groups.is_some() {
            return Err(self.no_key(name, span));
        }
        let mut steps = Steps::default();
        steps.put_first(name, span);
        self.path_of_row(steps)
    }

    /// Whether a name is the row's object or a field of it.
    fn begins_at_row(&self, name: &str) -> bool {
        let aliased = self.aliases.iter().any(|(alias, _)| alias == name);
        let Some(rows) = self.scope.objects.as_ref().filter(|_| !aliased) else { return false };
        match self.scope.find(name)[..] {
            [] => name == THIS || rows.has_fields(),
            [column] => self.scope.is_own_address(column),
            _ => false,
        }
    }

    /// A column of one source of a join in a grouped query: it is summed where it adds up.
    fn of_group(&mut self, expr: &Expr) -> Checked<Typed> {
        let kind = self.scope.join.as_ref().and_then(|join| join.measure(expr));
        let Some(kind) = kind else { return Err(self.no_key(&expr.to_string(), &expr.span)) };
        let (argument, text) = (Some(self.argument(expr)?), format!("sum({expr})"));
        let call = AggregateCall {
            function: Aggregate::Sum,
            distinct: false,
            argument,
            kind: kind.unwrap_or(Kind::Integer),
            text,
        };
        match &mut self.groups {
            Some(groups) => Ok(groups.aggregate(call)),
            None => Err(self.no_key(&expr.to_string(), &expr.span)),
        }
    }

    fn types(&self, span: &Span) -> Checked<DumpTypes<'_>> {
        self.resolver.schema.types(self.scope.snapshot).ok_or_else(|| no_types(span))
    }

    /// The dump that the objects are of to which an expression leads.
    pub(super) fn dump_of(&self, expr: &Expr) -> Checked<usize> {
        let Some(join) = &self.scope.join else { return Ok(self.scope.snapshot) };
        join.snapshot_of(expr).ok_or_else(|| {
            Diagnostic::new(expr.span.clone(), "this may be an address of one dump or of another")
                .expected("an address of one dump, where a path begins")
        })
    }

    /// The types of the dump that the objects are of to which an expression leads.
    fn types_of(&self, expr: &Expr, span: &Span) -> Checked<(usize, DumpTypes<'_>)> {
        let dump = self.dump_of(expr)?;
        Ok((dump, self.resolver.schema.types(dump).ok_or_else(|| no_types(span))?))
    }

    /// A path from the object that the row is.
    fn path_of_row(&self, steps: Steps) -> Checked<Typed> {
        let span = steps.spans.first().cloned().unwrap_or_default();
        let types = self.types(&span)?;
        let (Some(values), Some(rows)) = (types.values, &self.scope.objects) else {
            return Err(no_types(&span));
        };
        let steps_of: Arc<[Step]> = Arc::from(steps.steps.as_slice());
        let made = |mt| Program::new(values.types(), mt, &steps_of, 0);
        let mut failure: Option<Stuck> = None;
        let mut by_type = Vec::with_capacity(types.heap.len());
        for (info, wanted) in types.heap.iter().zip(rows.wanted()) {
            let program = if wanted { Some(made(info.method_table)) } else { None };
            by_type.push(match program {
                Some(Ok(program)) => Some(Arc::new(program)),
                Some(Err(stuck)) => {
                    stuck.keep_furthest(&mut failure);
                    None
                }
                None => None,
            });
        }
        let mut known: Vec<Arc<Program>> = by_type.iter().flatten().cloned().collect();
        if known.is_empty() {
            // No object is of the type, or none has the field: what the type itself says is what is told.
            for &mt in &rows.bearers {
                match made(mt) {
                    Ok(program) => known.push(Arc::new(program)),
                    Err(stuck) => stuck.keep_furthest(&mut failure),
                }
            }
        }
        if let (true, Some(stuck)) = (known.is_empty(), failure) {
            return Err(self.stuck(stuck, &steps));
        }
        let found = outcome(values.types(), types.heap, &steps_of, known.iter().map(|p| &**p));
        let found = found.map_err(|stuck| self.stuck(stuck, &steps))?;
        let path = Path::new(Arc::clone(values), self.scope.snapshot, steps_of, found, by_type);
        Ok(Typed { node: Node::Path(None, Arc::new(path)), kind: found.kind, level: Level::Row })
    }

    /// A path from the object that an expression gives the address of.
    fn path_from(&self, start: Typed, root: &Expr, cast: Option<NamedTypes>, steps: Steps) -> Checked<Typed> {
        if steps.steps.is_empty() {
            return Ok(start);
        }
        if let Some(kind) = start.kind.filter(|kind| !matches!(kind, Kind::Address | Kind::Value)) {
            let message = format!("a path begins at an object, and this is {}", kind.phrase());
            return Err(Diagnostic::new(root.span.clone(), message).expected("an address"));
        }
        let (dump, types) = self.types_of(root, &root.span)?;
        let Some(values) = types.values else { return Err(no_types(&root.span)) };
        let steps_of: Arc<[Step]> = Arc::from(steps.steps.as_slice());
        let found = match cast {
            None => outcome_of_any(values.types(), types.heap, &steps_of),
            Some(named) => outcome_of_named(types, values.types(), &named, &steps_of),
        };
        let found: Outcome = found.map_err(|stuck| self.stuck(stuck, &steps))?;
        let path = Path::new(Arc::clone(values), dump, steps_of, found, Vec::new());
        let node = Node::Path(Some(Box::new(start)), Arc::new(path));
        Ok(Typed { node, kind: found.kind, level: Level::Row })
    }

    /// The types that a name in an expression means.
    fn named_types(&self, name: &Name, of: &Expr) -> Checked<NamedTypes> {
        let (_, types) = self.types_of(of, &name.span)?;
        let named = types.named(&name.text).ok_or_else(|| unknown_type(name, types))?;
        refuse_generic_interface(name, &named)?;
        Ok(named)
    }

    /// `(x as T)`: the address of x where it is a T.
    pub(super) fn cast(&mut self, inner: &Expr, name: &Name) -> Checked<Typed> {
        let value = self.address(inner, "`as`")?;
        let named = self.named_types(name, inner)?;
        let test = self.type_test(&named, inner, &name.span)?;
        let node = Node::OfObject(Box::new(value.clone()), ObjectProperty::As(test));
        Ok(Typed { node, kind: Some(Kind::Address), level: Level::Row })
    }

    /// `x is T`
    pub(super) fn is_type(&mut self, inner: &Expr, name: &Name) -> Checked<Typed> {
        let value = self.address(inner, "`is` and a type")?;
        let named = self.named_types(name, inner)?;
        if let (Node::Column(column), None) = (&value.node, &self.groups)
            && self.scope.is_own_address(*column)
        {
            let cells = Cells::booleans(named.with_subclasses.iter().copied());
            let node = Node::ByType(Arc::new(cells));
            return Ok(Typed { node, kind: Some(Kind::Boolean), level: Level::Type });
        }
        let test = self.type_test(&named, inner, &name.span)?;
        let node = Node::OfObject(Box::new(value.clone()), ObjectProperty::IsOf(test));
        Ok(Typed { level: Level::Row, ..boolean(node, [&value]) })
    }

    /// Resolves an expression that must be an address.
    pub(super) fn address(&mut self, expr: &Expr, what: &str) -> Checked<Typed> {
        let value = self.expression(expr)?;
        match value.kind {
            Some(Kind::Address) | None => Ok(value),
            Some(kind) => {
                let message = format!("{what} is for addresses, and this is {}", kind.phrase());
                Err(Diagnostic::new(expr.span.clone(), message).expected("an address"))
            }
        }
    }

    fn type_test(&self, named: &NamedTypes, of: &Expr, span: &Span) -> Checked<Arc<TypeTest>> {
        let (_, types) = self.types_of(of, span)?;
        let heap = types.heap.iter().zip(&named.with_subclasses).filter(|(_, is)| **is);
        let method_tables = heap.map(|(t, _)| t.method_table).chain(named.bearers.iter().copied()).collect();
        Ok(Arc::new(TypeTest { memory: Arc::clone(&types.snapshot.memory), method_tables }))
    }

    fn stuck(&self, stuck: Stuck, steps: &Steps) -> Diagnostic {
        let span = steps.spans.get(stuck.step).cloned().unwrap_or_default();
        let name = match steps.steps.get(stuck.step) {
            Some(Step::Member(name)) => name,
            _ => {
                let message = match stuck.has_elements {
                    true => format!("the elements of `{}` are not reached by these indexes", stuck.type_name),
                    false => format!("`{}` has no elements", stuck.type_name),
                };
                let diagnostic = Diagnostic::new(span, message);
                let inner = stuck.members.iter().find(|name| &***name == "_items");
                return match inner {
                    Some(inner) => diagnostic.hint(format!("its elements stand in an array: `{inner}[0]`")),
                    None => diagnostic,
                };
            }
        };
        let diagnostic = Diagnostic::new(span, format!("`{}` has no field `{name}`", stuck.type_name));
        let columns = match stuck.step {
            0 if self.scope.objects.is_some() => self.scope.names(),
            _ => Vec::new(),
        };
        let names: Vec<&str> = stuck.members.iter().map(|name| &**name).chain(columns).collect();
        let diagnostic = match (names.len(), stuck.incomplete) {
            (_, Some(why)) => diagnostic.expected(format!("a field that is known: {why}")),
            (1..=MAX_LISTED, None) => diagnostic.expected(one_of(&names)),
            _ => diagnostic,
        };
        diagnostic.nearest(name, names.iter().copied())
    }
}

/// What a path leads to from objects that are of certain types, or derive from one.
fn outcome_of_named(
    types: DumpTypes<'_>,
    system: &crate::clr::type_system::TypeSystem,
    named: &NamedTypes,
    steps: &[Step],
) -> Result<Outcome, Stuck> {
    let heap = types.heap.iter().zip(&named.with_subclasses).filter(|(_, is)| **is);
    let all = heap.map(|(info, _)| info.method_table).chain(named.bearers.iter().copied());
    let mut failure = None;
    let mut programs = Vec::new();
    for mt in all {
        match Program::new(system, mt, steps, 0) {
            Ok(program) => programs.push(program),
            Err(stuck) => stuck.keep_furthest(&mut failure),
        }
    }
    match failure {
        Some(stuck) if programs.is_empty() => Err(stuck),
        _ => outcome(system, types.heap, steps, &programs),
    }
}

/// The error of a dump of whose types nothing is known.
pub fn no_types(span: &Span) -> Diagnostic {
    Diagnostic::new(
        span.clone(),
        "the fields of objects cannot be told: the dump does not describe its types",
    )
}

impl Typed {
    /// An enum's values as numbers; `None` for all other expressions.
    pub(super) fn enum_number(&self) -> Option<Typed> {
        let Node::Path(start, path) = &self.node else { return None };
        let number = path.outcome.is_enum.then(|| path.in_form(Form::Number, Kind::Integer))?;
        let node = Node::Path(start.clone(), Arc::new(number));
        Some(Typed { node, kind: Some(Kind::Integer), level: self.level })
    }
}

impl ObjectRows {
    /// Whether rows can have fields that names mean.
    fn has_fields(&self) -> bool {
        !self.all
    }
}

impl Scope {
    /// Whether a column is the address of the object that the row is.
    pub(super) fn is_own_address(&self, column: usize) -> bool {
        self.objects.is_some() && self.columns.get(column).is_some_and(|c| c.name == "address")
    }
}
