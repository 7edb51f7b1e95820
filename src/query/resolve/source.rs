//! Where rows come from: tables, types, functions that give rows, selects in parentheses.

use std::sync::Arc;

use super::join::Side;
use super::other_names;
use super::scope::{ObjectRows, Scope};
use super::{Checked, Resolver, dumps};
use crate::bytes::Addr;
use crate::diagnostic::{Diagnostic, Span, nearest, one_of};
use crate::query::ast::{
    Expr, ExprKind, Item, Literal, Name, Select, Source as AstSource, SourceArgument, written_name,
};
use crate::query::catalog::{
    Level, SourceDoc, SourceFunction, TableId, function, source_functions, table, tables,
};
use crate::query::cells::{Cells, Columns};
use crate::query::given::Given;
use crate::query::plan::{Addresses, Conjunct, Node, Relation, Source, Typed};
use crate::query::schema::{DumpTypes, NamedTypes};
use crate::query::{Environment, Kind};

/// A source, the columns that it has, and what restricts its rows.
pub struct Resolved {
    /// The source.
    pub source: Source,
    /// What names can mean.
    pub scope: Scope,
    /// What must be true of its rows.
    pub restriction: Option<Conjunct>,
    /// The sources of a join.
    pub sides: Vec<Side>,
}

impl Resolved {
    /// All rows of a source.
    pub fn all(source: Source, scope: Scope) -> Resolved {
        Resolved { source, scope, restriction: None, sides: Vec::new() }
    }
}

impl Resolver<'_> {
    /// The source of a select.
    pub(super) fn source(&self, select: &Select) -> Checked<Resolved> {
        if let (Some(AstSource::Combined(both)), None) = (&select.source, self.schema.given()) {
            let plan = self.combined(select, both)?;
            let scope = Scope::of_plan(&plan);
            return Ok(Resolved::all(Source::Select(Box::new(plan)), scope));
        }
        if self.schema.given().is_none() && select.source.is_none() && asks_for_constants(select) {
            return Ok(one_row());
        }
        self.source_of(select.source.as_ref(), &select.span)
    }

    /// A source; `span` is where it stands, or the select that names none.
    pub(super) fn source_of(&self, source: Option<&AstSource>, span: &Span) -> Checked<Resolved> {
        if let Some(given) = self.schema.given() {
            match source {
                None => return Ok(of_given(given)),
                Some(AstSource::Select(_) | AstSource::Join(_) | AstSource::Combined(_)) => {}
                Some(AstSource::Table { name: Some(name), .. } | AstSource::Call { name, .. }) => {
                    return Err(not_given(&name.span, given));
                }
                Some(AstSource::Table { dump, name: None, .. }) => {
                    let span = dump.as_ref().map_or(span.clone(), |(_, span)| span.clone());
                    return Err(not_given(&span, given));
                }
            }
        }
        match source {
            None => Ok(self.table(0, TableId::Objects)),
            Some(AstSource::Select(inner)) => {
                let plan = self.select(inner)?;
                let scope = Scope::of_plan(&plan);
                Ok(Resolved::all(Source::Select(Box::new(plan)), scope))
            }
            Some(AstSource::Join(join)) => self.joined(join),
            Some(AstSource::Combined(both)) => {
                let message = "selects together stand in parentheses where a source is wanted";
                Err(Diagnostic::new(both.left.span.clone(), message))
            }
            Some(AstSource::Table { dump: None, name: Some(name), subclasses: false })
                if self.is_name_of_rows(name) =>
            {
                self.rows_of_name(name)
            }
            Some(AstSource::Table { dump, name, subclasses }) => {
                let snapshot = dumps::position(dump.as_ref(), self.schema.dumps())?;
                match name {
                    None => Ok(self.table(snapshot, TableId::Objects)),
                    Some(name) => match table(&name.text) {
                        Some(found) if !subclasses => Ok(self.table(snapshot, found.id)),
                        _ => self.objects_of(snapshot, name, *subclasses),
                    },
                }
            }
            Some(AstSource::Call { dump, name, argument, span }) => {
                let snapshot = match (dump, self.dump_of_kept(argument)) {
                    (None, Some(snapshot)) => snapshot,
                    _ => dumps::position(dump.as_ref(), self.schema.dumps())?,
                };
                let Some(doc) = source_functions().iter().find(|f| f.name == name.text) else {
                    return Err(unknown_function(name));
                };
                match doc.function {
                    SourceFunction::Instances => self.instances(snapshot, argument, span, doc.usage),
                    SourceFunction::Items => self.items_of(snapshot, argument, span, doc),
                    SourceFunction::Memory => self.memory(snapshot, argument, span, doc),
                    SourceFunction::Reachable => {
                        self.related(snapshot, Relation::Reachable, argument, span, doc)
                    }
                    SourceFunction::RetainedBy => {
                        self.related(snapshot, Relation::RetainedBy, argument, span, doc)
                    }
                    SourceFunction::References => {
                        self.related(snapshot, Relation::References, argument, span, doc)
                    }
                    SourceFunction::Referrers => {
                        self.related(snapshot, Relation::Referrers, argument, span, doc)
                    }
                }
            }
        }
    }

    fn table(&self, snapshot: usize, table: TableId) -> Resolved {
        let source = Source::Table { snapshot, table, used: Vec::new() };
        Resolved::all(source, Scope::of_table(table, snapshot))
    }

    /// The objects of a type.
    fn objects_of(&self, snapshot: usize, name: &Name, subclasses: bool) -> Checked<Resolved> {
        let Some(types) = self.schema.types(snapshot) else { return Err(unknown_source(name, None)) };
        let Some(named) = types.named(&name.text) else { return Err(unknown_source(name, Some(types))) };
        refuse_no_objects(name, &named, subclasses)?;
        let title = title(name, subclasses);
        let ids = named.ids(subclasses).to_vec();
        let rows = ObjectRows {
            all: false,
            fields: fields(types, &named),
            types: ids,
            bearers: named.bearers,
            subclasses,
        };
        let condition = Cells::booleans(rows.types.iter().copied());
        let node = Node::ByType(Arc::new(condition));
        let restriction = Conjunct {
            expr: Typed { node, kind: Some(Kind::Boolean), level: Level::Type },
            text: format!("type is {title}"),
        };
        let source = Source::Table { snapshot, table: TableId::Objects, used: Vec::new() };
        let mut scope = Scope::of_table(TableId::Objects, snapshot);
        scope.name = title;
        scope.alias = None;
        scope.objects = Some(rows);
        Ok(Resolved { restriction: Some(restriction), ..Resolved::all(source, scope) })
    }

    /// `instances('T')`, `instances('T+')`
    fn instances(
        &self,
        snapshot: usize,
        argument: &SourceArgument,
        span: &Span,
        usage: &str,
    ) -> Checked<Resolved> {
        let SourceArgument::Values(values) = argument else { return Err(wrong_call(span, usage)) };
        let [(Literal::Text(text), place)] = &values[..] else { return Err(wrong_call(span, usage)) };
        let (text, subclasses) = match text.strip_suffix('+') {
            Some(text) => (text, true),
            None => (&**text, false),
        };
        self.objects_of(snapshot, &Name { text: text.to_owned(), span: place.clone() }, subclasses)
    }
}

impl Resolver<'_> {
    /// `items(0x7f00)`, `items(select address from ...)`, `items(Zoo.Kennel)`
    fn items_of(
        &self,
        snapshot: usize,
        argument: &SourceArgument,
        span: &Span,
        doc: &SourceDoc,
    ) -> Checked<Resolved> {
        let of = self.addresses(snapshot, argument, span, doc.name, doc.usage)?;
        let alias = Some(doc.name.to_owned());
        let scope = Scope { alias, ..Scope::of_columns(doc.name, doc.columns, snapshot) };
        Ok(Resolved::all(Source::Items { snapshot, of, used: Vec::new() }, scope))
    }

    /// `reachable(0x7f00)`, `retained_by(Zoo.Dog)`, `referrers(select address from ...)`
    fn related(
        &self,
        snapshot: usize,
        relation: Relation,
        argument: &SourceArgument,
        span: &Span,
        doc: &SourceDoc,
    ) -> Checked<Resolved> {
        let of = self.addresses(snapshot, argument, span, doc.name, doc.usage)?;
        let scope = Scope {
            name: doc.name.to_owned(),
            alias: Some(doc.name.to_owned()),
            ..Scope::of_table(TableId::Objects, snapshot)
        };
        Ok(Resolved::all(Source::Related { snapshot, relation, of, used: Vec::new() }, scope))
    }

    /// The objects that `taker`, a function or a statement, is about. `usage` says how it is written, `span` where
    /// they stand.
    pub(super) fn addresses(
        &self,
        snapshot: usize,
        objects: &SourceArgument,
        span: &Span,
        taker: &str,
        usage: &str,
    ) -> Checked<Addresses> {
        match objects {
            SourceArgument::Values(values) => {
                let address = |(value, place): &(Literal, Span)| match value {
                    Literal::Address(address) => Ok((Addr(*address), place.clone())),
                    _ => Err(Diagnostic::new(place.clone(), "this is no address").expected(usage)),
                };
                Ok(Addresses::List(values.iter().map(address).collect::<Checked<_>>()?))
            }
            SourceArgument::Select(select) => {
                let plan = self.select(select)?;
                match plan.items[..] {
                    [ref item] if matches!(item.expr.kind, Some(Kind::Address | Kind::Value) | None) => {
                        Ok(Addresses::Select(Box::new(plan)))
                    }
                    _ => {
                        let message = format!("`{taker}` takes a select of addresses");
                        Err(Diagnostic::new(span.clone(), message).expected("one column of addresses"))
                    }
                }
            }
            SourceArgument::Kept(value) => self.kept_addresses(value, taker),
            SourceArgument::Type { name, subclasses } => match self.kept_value_of(name) {
                Some(value) => self.kept_addresses(&value, taker),
                None => self.all_of_type(snapshot, name, *subclasses),
            },
        }
    }

    /// All objects of a type.
    fn all_of_type(&self, snapshot: usize, name: &Name, subclasses: bool) -> Checked<Addresses> {
        let Some(types) = self.schema.types(snapshot) else {
            return Err(Diagnostic::new(name.span.clone(), format!("no type is called `{}`", name.text)));
        };
        let Some(named) = types.named(&name.text) else { return Err(unknown_type(name, types)) };
        refuse_no_objects(name, &named, subclasses)?;
        Ok(Addresses::Types { wanted: named.ids(subclasses).to_vec(), name: title(name, subclasses) })
    }
}

/// Whether nothing in a select depends on a row, so that one row answers it: `select 2mb / 1kb`.
fn asks_for_constants(select: &Select) -> bool {
    fn is_constant(expr: &Expr) -> bool {
        let aggregate = matches!(&expr.kind, ExprKind::Call { name, .. } if function(&name.text).is_some_and(|f| f.is_aggregate()));
        !aggregate && !matches!(expr.kind, ExprKind::Name(_)) && expr.parts().into_iter().all(is_constant)
    }
    let items = select.items.iter().all(|item| matches!(item, Item::Expr { expr, .. } if is_constant(expr)));
    items && select.group_by.is_empty() && select.filter.iter().chain(&select.having).all(is_constant)
}

/// One row without columns.
fn one_row() -> Resolved {
    let scope = Scope {
        name: "a select of constants".to_owned(),
        columns: Vec::new(),
        snapshot: 0,
        objects: None,
        alias: None,
        join: None,
    };
    let columns = Columns::Computed(vec![Cells::null(1)].into());
    let source = Source::Given { columns, name: "one row".to_owned(), snapshot: None };
    Resolved::all(source, scope)
}

/// Rows that are given.
fn of_given(given: Given<'_>) -> Resolved {
    let columns = given.rows.columns.iter().map(|column| column.cells.clone()).collect();
    let columns = Columns::Computed(Arc::new(columns));
    let source = Source::Given { columns, name: "the given rows".to_owned(), snapshot: None };
    Resolved::all(source, Scope::of_given(given))
}

fn not_given(span: &Span, given: Given<'_>) -> Diagnostic {
    Diagnostic::new(span.clone(), format!("the rows are those of {}: no dump is asked", given.name))
        .expected("no `from`, or a select in parentheses")
}

/// A type as it is named with or without those that derive from it.
fn title(name: &Name, subclasses: bool) -> String {
    format!("{}{}", name.text, if subclasses { "+" } else { "" })
}

/// Refuses interfaces that have no objects of their own.
fn refuse_no_objects(name: &Name, named: &NamedTypes, subclasses: bool) -> Checked<()> {
    refuse_generic_interface(name, named)?;
    if named.is_interface && !subclasses {
        let message = format!("`{}` is an interface, which has no objects of its own", name.text);
        let hint = format!("the types that implement it: `{}+`", written_type(&name.text));
        return Err(Diagnostic::new(name.span.clone(), message).hint(hint));
    }
    Ok(())
}

/// The names of the fields of types, each once, those of the most distant base first.
fn fields(types: DumpTypes<'_>, named: &NamedTypes) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    let Some(system) = types.system() else { return names };
    for &mt in &named.bearers {
        for field in &system.description(mt).fields {
            if !names.contains(&field.name) {
                names.push(Arc::clone(&field.name));
            }
        }
    }
    names
}

/// The error of a function that is called with something else than `usage` says.
pub(super) fn wrong_call(span: &Span, usage: &str) -> Diagnostic {
    Diagnostic::new(span.clone(), "the function is not called like this").expected(usage)
}

fn unknown_function(name: &Name) -> Diagnostic {
    let names: Vec<_> = source_functions().iter().map(|f| f.name).collect();
    let message = format!("no function `{}` gives rows", name.text);
    Diagnostic::new(name.span.clone(), message)
        .expected(one_of(&names))
        .nearest(&name.text, names.iter().copied())
}

/// Refuses a generic interface: by variance a type implements more of them than it lists.
pub fn refuse_generic_interface(name: &Name, named: &NamedTypes) -> Checked<()> {
    if !named.is_interface || !name.text.contains('<') {
        return Ok(());
    }
    let message = format!("which types implement the generic interface `{}` is not told", name.text);
    Err(Diagnostic::new(name.span.clone(), message)
        .expected("a class, a struct, an enum, an array or an interface that is not generic"))
}

/// The error of an answer that was not kept.
pub fn unknown_answer(name: &Name, environment: &Environment) -> Diagnostic {
    let names: Vec<&str> = environment.answers().collect();
    let diagnostic = Diagnostic::new(name.span.clone(), format!("there is no answer `{}`", name.text));
    if names.is_empty() {
        return diagnostic.hint("`let NAME = select ...` keeps one");
    }
    diagnostic.nearest(&name.text, names.iter().copied()).expected(one_of(&names))
}

fn unknown_source(name: &Name, types: Option<DumpTypes<'_>>) -> Diagnostic {
    let tables: Vec<_> = tables().iter().map(|t| t.name).collect();
    let near_table = other_names::table(&name.text).or_else(|| nearest(&name.text, tables.iter().copied()));
    let Some(types) = types.filter(|_| near_table.is_none()) else {
        let message = format!("there is no table `{}`", name.text);
        let diagnostic = Diagnostic::new(name.span.clone(), message).expected(one_of(&tables));
        return match near_table {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic,
        };
    };
    let message = format!("there is no table `{}`, and no type of that name", name.text);
    let diagnostic = Diagnostic::new(name.span.clone(), message).expected("a table or a type's name");
    if let Some((owner, member)) =
        name.text.rsplit_once('.').filter(|(owner, _)| types.named(owner).is_some())
    {
        return diagnostic
            .hint(format!("a field is a column: `select {member} from {}`", written_type(owner)));
    }
    near_type(diagnostic, name, types)
}

fn near_type(diagnostic: Diagnostic, name: &Name, types: DumpTypes<'_>) -> Diagnostic {
    match types.near(&name.text) {
        Some(near) => diagnostic.hint(format!("did you mean `{}`?", written_type(near))),
        None => {
            if let Some(hint) = types.without_names() {
                return diagnostic.hint(hint);
            }
            // The last part of the name, without its type arguments.
            let whole = name.text.split(['<', '[']).next().unwrap_or(&name.text);
            let part = whole.rsplit(['.', '+']).next().unwrap_or(whole);
            diagnostic.hint(format!("`select type from types where type like '%{part}%'` finds types"))
        }
    }
}

/// A type's name as a statement spells it: in quotes where it needs them.
fn written_type(name: &str) -> String {
    let plain = name.split(['.', '+']).all(|part| written_name(part) == part);
    if plain { name.to_owned() } else { written_name(name) }
}

/// The error of a type that no object has and that is not loaded.
pub fn unknown_type(name: &Name, types: DumpTypes<'_>) -> Diagnostic {
    let message = format!("no type is called `{}`", name.text);
    near_type(Diagnostic::new(name.span.clone(), message), name, types)
}
