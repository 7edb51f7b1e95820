//! Statements to plans: names become columns, kinds are checked, the rules of grouped queries applied.
//!
//! Everything that can be wrong with a statement is found here or in the parser, before any data is touched.

mod assertion;
mod calls;
mod cases;
mod combined;
mod condition;
pub mod dumps;
mod expression;
mod groups;
mod join;
mod kept;
mod memory;
mod names;
mod operators;
mod order;
mod other_names;
mod paths;
mod scope;
mod source;
mod spelling;
mod subselect;
mod windows;

use super::ast::{Expr, ExprKind, Item, Name, Objects, Select, Source as AstSource};
use super::catalog::{Level, function};
use super::plan::{Addresses, Conjunct, Grouping, Key, Operand, OutputItem, Plan, Source, Typed};
use super::schema::Schema;
use crate::diagnostic::{Diagnostic, Span};
pub use assertion::resolve_assertion;
pub use condition::resolve_condition;
use expression::{Context, Place};
use groups::Groups;
pub use kept::kept_address;
use names::Named;
pub use names::check_kept_name;
use paths::THIS;
use scope::{JoinScope, Scope};
use source::Resolved;
use windows::{Shown, over_windows};

type Checked<T> = Result<T, Diagnostic>;

/// Makes the plan of a select.
///
/// `statement` is the text that it was parsed from, `schema` tells of the dumps that are open.
///
/// # Errors
/// The first name that is not known or kind that does not fit.
pub fn resolve(select: &Select, statement: &str, schema: &Schema<'_>) -> Result<Plan, Diagnostic> {
    Resolver { statement, schema, names: &[] }.select(select)
}

/// The objects that a statement of the graph is about. `taker` is how it begins, `usage` how it is written.
///
/// # Errors
/// As for [`resolve`]; objects that are no addresses.
pub fn operand(
    objects: &Objects,
    statement: &str,
    schema: &Schema<'_>,
    taker: &str,
    usage: &str,
) -> Result<Operand, Diagnostic> {
    let resolver = Resolver { statement, schema, names: &[] };
    let snapshot = dumps::position(objects.dump.as_ref(), schema.dumps())?;
    let addresses = resolver.addresses(snapshot, &objects.which, &objects.span, taker, usage)?;
    // A select says itself which dump it asks.
    let snapshot = if let Addresses::Select(plan) = &addresses { plan.snapshot() } else { snapshot };
    Ok(Operand { snapshot, addresses })
}

/// What the resolution of a statement knows.
#[derive(Clone, Copy)]
struct Resolver<'a> {
    statement: &'a str,
    schema: &'a Schema<'a>,
    /// The names of `with` that are in sight.
    names: &'a [Named],
}

/// A selected expression after `*` was replaced by all columns.
struct Wanted {
    expr: Expr,
    alias: Option<String>,
    /// The column's name, where that is another than what was written.
    shown: Option<String>,
}

impl Wanted {
    /// The column's name, the alias, or the expression as it was written.
    fn name(&self, statement: &str) -> String {
        match (self.alias.as_ref().or(self.shown.as_ref()), &self.expr.kind) {
            (Some(name), _) => name.clone(),
            (None, ExprKind::Name(name)) => name.clone(),
            (None, _) => {
                let text = statement.get(self.expr.span.clone()).unwrap_or_default();
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            }
        }
    }
}

impl<'a> Resolver<'a> {
    fn select(&self, select: &Select) -> Checked<Plan> {
        let names = self.with(&select.with)?;
        let mut plan = Resolver { names: &names, ..*self }.body(select)?;
        let own = names.get(self.names.len()..).unwrap_or_default();
        if !own.is_empty() {
            plan.inline_named(&|named| own.iter().any(|name| name.is_asked_once(named)), true);
        }
        Ok(plan)
    }

    /// A select without its names, which are known.
    fn body(&self, select: &Select) -> Checked<Plan> {
        if let Some(AstSource::Combined(both)) = &select.source {
            return self.combined(select, both);
        }
        let source = self.source(select)?;
        self.body_over(select, source).map_err(|wrong| self.about_alias(select, wrong))
    }

    /// Tells where names of columns of the answer are known, where one of them was taken for a column of the source.
    fn about_alias(&self, select: &Select, wrong: Diagnostic) -> Diagnostic {
        let name = self.statement.get(wrong.span.clone()).unwrap_or_default();
        let is_alias =
            |item: &Item| matches!(item, Item::Expr { alias: Some(alias), .. } if alias.text == name);
        let is_unknown =
            ["has no column", "has no field", "has a column"].iter().any(|part| wrong.message.contains(part));
        match is_unknown && select.items.iter().any(is_alias) {
            true => wrong.hint(format!(
                "`{name}` names a column of the answer, which `group by`, `having`, `order by` and a select around this one know"
            )),
            false => wrong,
        }
    }

    /// A select over a source, whatever it says of that itself.
    fn body_over(&self, select: &Select, resolved: Resolved) -> Checked<Plan> {
        let Resolved { source, scope, restriction, mut sides } = resolved;
        let select = &scope.spelled_out(select)?;
        let grouped = is_grouped(select, &scope);
        let wanted = expand(select, &scope, grouped)?;
        let conditions = match scope.join {
            Some(_) => self.where_of_join(&scope, &mut sides, select.filter.as_ref())?,
            None => self.conditions(select.filter.as_ref(), &mut self.rows(&scope, Place::Where))?,
        };
        let filter = restriction.into_iter().chain(conditions).collect();
        let plan = Plan { filter, limit: select.limit, ..Plan::over(source) };
        let mut plan = match (grouped, select.distinct) {
            (true, distinct) => self.grouped(select, plan, &scope, &wanted, distinct)?,
            (false, true) => self.distinct(select, plan, &scope, &wanted)?,
            (false, false) => self.plain(select, plan, &scope, &wanted)?,
        };
        if let Some(join) = &scope.join {
            plan.set_join(join.finish(sides));
        }
        plan.inline(true);
        plan.complete();
        Ok(plan)
    }

    /// A select that shows rows as they are.
    fn plain(&self, select: &Select, plan: Plan, scope: &Scope, wanted: &[Wanted]) -> Checked<Plan> {
        let mut windows = Vec::new();
        let mut context = Context { windows: Some(&mut windows), ..self.rows(scope, Place::Items) };
        let items = self.items(wanted, &mut context)?;
        context.place = Place::OrderBy;
        let order = self.order(select, wanted, &items, &mut context)?;
        let (mut plan, shown) = over_windows(plan, Shown { items, order }, windows);
        (plan.items, plan.order) = (shown.items, shown.order);
        Ok(plan)
    }

    /// A select that shows each row once: what is selected are the keys of groups of which nothing else is asked.
    fn distinct(&self, select: &Select, plan: Plan, scope: &Scope, wanted: &[Wanted]) -> Checked<Plan> {
        let mut windows = Vec::new();
        let mut context = Context { windows: Some(&mut windows), ..self.rows(scope, Place::Items) };
        let items = self.items(wanted, &mut context)?;
        let order = self.order_among_items(select, wanted, &items)?;
        let (mut plan, shown) = over_windows(plan, Shown { items, order: Vec::new() }, windows);
        distinct_rows(&mut plan, shown.items, wanted);
        plan.order = order;
        plan.order.extend(order::by_all_items(&plan.items));
        Ok(plan)
    }

    fn grouped(
        &self,
        select: &Select,
        mut plan: Plan,
        scope: &Scope,
        wanted: &[Wanted],
        distinct: bool,
    ) -> Checked<Plan> {
        let keys = self.keys(select, scope, wanted)?;
        let (mut groups, mut windows) = (Groups::new(keys), Vec::new());
        let mut context = Context { windows: Some(&mut windows), ..self.rows(scope, Place::Items) };
        context.groups = Some(&mut groups);
        let items = self.items(wanted, &mut context)?;
        let aliases = aliases(wanted, &items);
        context.aliases = &aliases;
        context.place = Place::Having;
        plan.having = self.conditions(select.having.as_ref(), &mut context)?;
        context.place = Place::OrderBy;
        if distinct {
            let order = self.order_among_items(select, wanted, &items)?;
            plan.order = order::by_all_keys(&groups);
            plan.grouping = Some(groups.finish());
            let (mut plan, shown) = over_windows(plan, Shown { items, order: Vec::new() }, windows);
            (plan.items, plan.order) = (shown.items, shown.order);
            return Ok(distinct_groups(plan, order, wanted));
        }
        let mut order = self.order(select, wanted, &items, &mut context)?;
        if select.order_by.is_empty() {
            order = order::biggest_first(&groups, &items);
        }
        order.extend(order::by_all_keys(&groups));
        plan.order = order::by_all_keys(&groups);
        plan.grouping = Some(groups.finish());
        let (mut plan, shown) = over_windows(plan, Shown { items, order }, windows);
        (plan.items, plan.order) = (shown.items, shown.order);
        Ok(plan)
    }

    /// A context in which expressions are over the rows of the source.
    fn rows<'s>(&self, scope: &'s Scope, place: Place) -> Context<'s>
    where
        'a: 's,
    {
        Context { resolver: *self, scope, place, groups: None, aliases: &[], windows: None }
    }

    /// The parts of a condition that must all be true.
    fn conditions(&self, condition: Option<&Expr>, context: &mut Context<'_>) -> Checked<Vec<Conjunct>> {
        let parts: &[Expr] = match condition {
            None => &[],
            Some(Expr { kind: ExprKind::And(parts), .. }) => parts,
            Some(whole) => std::slice::from_ref(whole),
        };
        let conjunct = |part: &Expr| {
            let expr = context.condition(part)?;
            Ok(Conjunct { expr, text: part.to_string() })
        };
        parts.iter().map(conjunct).collect()
    }

    fn items(&self, wanted: &[Wanted], context: &mut Context<'_>) -> Checked<Vec<OutputItem>> {
        let item = |w: &Wanted| {
            let expr = context.expression(&w.expr)?;
            let measure = context.is_measure(&expr);
            Ok(OutputItem { name: w.name(self.statement), expr, measure })
        };
        wanted.iter().map(item).collect()
    }

    /// The keys of `group by`. A name that is no column may be an alias. Without `group by`, the selected columns and
    /// paths that do not add up are the keys.
    fn keys(&self, select: &Select, scope: &Scope, wanted: &[Wanted]) -> Checked<Vec<Key>> {
        let mut context = self.rows(scope, Place::GroupBy);
        let mut keys: Vec<Key> = Vec::new();
        let implied: Vec<&Expr> =
            wanted.iter().map(|w| &w.expr).filter(|e| is_implied_key(e, scope)).collect();
        let written: Vec<&Expr> = select.group_by.iter().collect();
        for key in if written.is_empty() { implied } else { written } {
            let aliased = match &key.kind {
                ExprKind::Name(name) if !scope.has(name) => {
                    wanted.iter().find(|w| w.alias.as_ref() == Some(name)).map(|w| &w.expr)
                }
                _ => None,
            };
            let key = aliased.unwrap_or(key);
            let expr = context.expression(key)?;
            if expr.level == Level::Constant {
                return Err(Diagnostic::new(key.span.clone(), "a constant makes no groups")
                    .hint("columns are grouped by their names, not their positions"));
            }
            let text = key.to_string();
            if keys.iter().all(|k| k.text != text) {
                keys.push(Key { expr, text });
            }
        }
        Ok(keys)
    }
}

/// What is selected, `*` replaced by all columns.
fn expand(select: &Select, scope: &Scope, grouped: bool) -> Checked<Vec<Wanted>> {
    let mut wanted = Vec::new();
    for item in &select.items {
        match item {
            Item::Expr { expr, alias } => {
                let alias = alias.as_ref().map(|a| a.text.clone());
                wanted.push(Wanted { expr: expr.clone(), alias, shown: None });
            }
            Item::All(span) | Item::AllOf(_, span) if grouped => {
                return Err(Diagnostic::new(span.clone(), "`*` has no place in a grouped query")
                    .expected("keys, measures and aggregates"));
            }
            Item::All(span) => wanted.extend(all_columns(scope, span)),
            Item::AllOf(source, span) => {
                let join = scope.join.as_ref();
                match join.and_then(|join| Some((join, join.source(&source.text)?))) {
                    Some((join, side)) => wanted.extend(all_of_side(join, side, span)),
                    None => wanted.extend(all_columns(scope, span)),
                }
            }
        }
    }
    spelling::name_columns(&mut wanted, scope);
    Ok(wanted)
}

/// What `*` stands for: all columns but those that take the whole graph to tell; of a type's objects the address, the type where there can be several, the size, and
/// all fields. A field whose name means something else is reached through the object.
fn all_columns(scope: &Scope, span: &Span) -> Vec<Wanted> {
    if let Some(join) = &scope.join {
        return (0..join.sides.len()).flat_map(|side| all_of_side(join, side, span)).collect();
    }
    let name = |name: &str| Expr::new(ExprKind::Name(name.to_owned()), span.clone(), []);
    let column = |column: &str| Wanted { expr: name(column), alias: None, shown: None };
    let Some(rows) = scope.objects.as_ref().filter(|rows| !rows.all) else {
        return scope.columns.iter().filter(|c| c.in_all).map(|c| column(&c.name)).collect();
    };
    let of_object = ["address", "type", "size"].into_iter().filter(|c| rows.subclasses || *c != "type");
    let fields = rows.fields.iter().map(|field| {
        let taken = scope.has(field) || **field == *THIS || expression::is_bare_count(field);
        if !taken {
            return column(field);
        }
        let this = name(THIS);
        let member = ExprKind::Member(Box::new(this), Name { text: field.to_string(), span: span.clone() });
        let expr = Expr { kind: member, span: span.clone(), height: 1 };
        Wanted { alias: Some(expr.to_string()), expr, shown: None }
    });
    of_object.map(column).chain(fields).collect()
}

/// What `*` stands for of one source of a join.
fn all_of_side(join: &JoinScope, side: usize, span: &Span) -> Vec<Wanted> {
    let of_join = |wanted: Wanted| match &wanted.expr.kind {
        ExprKind::Name(name) => Wanted { expr: join.member(side, name, span), ..wanted },
        // A field that is reached through the object.
        ExprKind::Member(_, field) => {
            let this = join.member(side, THIS, span);
            let expr =
                Expr { kind: ExprKind::Member(Box::new(this), field.clone()), span: span.clone(), height: 2 };
            Wanted { alias: Some(expr.to_string()), expr, shown: None }
        }
        _ => wanted,
    };
    all_columns(&join.sides[side], span).into_iter().map(of_join).collect()
}

/// The named items, for the clauses that may use those names.
fn aliases(wanted: &[Wanted], items: &[OutputItem]) -> Vec<(String, Typed)> {
    let named = wanted.iter().zip(items).filter_map(|(w, i)| w.alias.clone().map(|a| (a, i.expr.clone())));
    named.collect()
}

/// Turns a plan over rows into one that shows each combination of `items` once.
fn distinct_rows(plan: &mut Plan, items: Vec<OutputItem>, wanted: &[Wanted]) {
    plan.items = items.iter().enumerate().map(|(at, item)| order::item_at(at, item)).collect();
    let keys =
        items.into_iter().zip(wanted).map(|(item, w)| Key { expr: item.expr, text: w.expr.to_string() });
    plan.grouping = Some(Grouping { keys: keys.collect(), aggregates: Vec::new(), from_type_totals: false });
}

/// Wraps a plan over groups into one that shows each row once.
fn distinct_groups(mut inner: Plan, order: Vec<super::plan::OrderKey>, wanted: &[Wanted]) -> Plan {
    let limit = inner.limit.take();
    inner.inline(true);
    inner.complete();
    let scope = Scope::of_plan(&inner);
    let items = inner.items.iter().enumerate().map(|(at, item)| OutputItem {
        name: item.name.clone(),
        expr: Typed::column(at, item.expr.kind, scope.columns[at].level),
        measure: item.measure,
    });
    let items: Vec<OutputItem> = items.collect();
    let mut outer = Plan { order, limit, ..Plan::over(Source::Select(Box::new(inner))) };
    distinct_rows(&mut outer, items, wanted);
    outer.order.extend(order::by_all_items(&outer.items));
    outer
}

/// Whether a select is over groups: it has keys, a condition for groups, or an aggregate.
fn is_grouped(select: &Select, scope: &Scope) -> bool {
    let mut aliases = Vec::new();
    for item in &select.items {
        if let Item::Expr { alias: Some(alias), .. } = item {
            aliases.push(alias.text.as_str());
        }
    }
    let items = select.items.iter().any(|i| match i {
        Item::Expr { expr, .. } => has_aggregate(expr, scope, &[]),
        Item::All(_) | Item::AllOf(..) => false,
    });
    let order = select.order_by.iter().any(|o| has_aggregate(&o.expr, scope, &aliases));
    !select.group_by.is_empty() || select.having.is_some() || items || order
}

/// Whether a selected expression is a key where none are written: a column that does not add up, a field or a path.
fn is_implied_key(expr: &Expr, scope: &Scope) -> bool {
    if let Some(join) = &scope.join {
        let is_column = matches!(expr.kind, ExprKind::Member(..) | ExprKind::Index(..));
        return is_column && join.measure(expr).is_none() && !has_aggregate(expr, scope, &[]);
    }
    match &expr.kind {
        ExprKind::Name(name) => match scope.find(name)[..] {
            [] => scope.objects.is_some() && !expression::is_bare_count(name),
            [column] => !scope.columns[column].measure,
            _ => false,
        },
        ExprKind::Member(inner, _) | ExprKind::Index(inner, _) => !has_aggregate(inner, scope, &[]),
        _ => false,
    }
}

/// Whether an expression has an aggregate or the bare word `count` in it.
fn has_aggregate(expr: &Expr, scope: &Scope, aliases: &[&str]) -> bool {
    if let ExprKind::Name(name) = &expr.kind {
        return expression::is_bare_count(name) && !scope.has(name) && !aliases.contains(&name.as_str());
    }
    let aggregate = match &expr.kind {
        ExprKind::Call { name, .. } => matches!(function(&name.text), Some(f) if f.is_aggregate()),
        _ => false,
    };
    aggregate || expr.parts().into_iter().any(|p| has_aggregate(p, scope, aliases))
}
