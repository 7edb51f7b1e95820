//! The language once more, as plainly as possible: row by row, no plan, no columns. What the real
//! execution answers is compared with what this does.

mod join;
mod sets;
mod windows;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::graph::Naive;
use crate::graph::{ObjectId, Snapshot};
use crate::progress::NoProgress;
use crate::query::ast::{Arguments, ArithmeticOp, CompareOp, Expr, ExprKind, Item, Literal, Select, Source};

/// A value.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Real(f64),
    Text(String),
}

use Value::{Bool, Int, Null, Real, Text};

/// A row: names and values.
type Row = Vec<(String, Value)>;

/// The columns that add up.
const MEASURES: [&str; 3] = ["size", "length", "retained"];

/// The name under which a row keeps the id of the object that it is.
const ID: &str = "#id";

fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Null, Null) => Ordering::Equal,
        (Null, _) => Ordering::Greater,
        (_, Null) => Ordering::Less,
        (Bool(a), Bool(b)) => a.cmp(b),
        (Int(a), Int(b)) => a.cmp(b),
        (Text(a), Text(b)) => a.cmp(b),
        (a, b) => real(a).partial_cmp(&real(b)).unwrap(),
    }
}

fn real(value: &Value) -> f64 {
    match value {
        Int(n) => *n as f64,
        Real(r) => *r,
        other => panic!("{other:?} is no number"),
    }
}

/// The value as the tests write it.
pub fn show(value: &Value) -> String {
    match value {
        Null => "null".to_owned(),
        Bool(b) => b.to_string(),
        Int(n) => n.to_string(),
        Real(r) => format!("{r:?}"),
        Text(t) => t.clone(),
    }
}

fn table(snapshot: &Snapshot, name: &str, graph: Option<&Naive>) -> Vec<Row> {
    let heap = snapshot.heap(&NoProgress).unwrap();
    let text = |t: &str| Text(t.to_owned());
    let int = |n: u64| Int(n.into());
    let named = |row: Vec<(&str, Value)>| row.into_iter().map(|(n, v)| (n.to_owned(), v)).collect::<Row>();
    if name == "types" {
        let row = |t: &crate::graph::TypeInfo| {
            named(vec![("type", text(&t.name)), ("mt", int(t.method_table.0)), ("objects", int(t.count))])
        };
        return heap.types.all().iter().map(row).collect();
    }
    if name == "refs" {
        return references(snapshot, graph.unwrap());
    }
    let mut rows = Vec::new();
    let mut rows_before = 0;
    for block in heap.objects.blocks() {
        let segment = &snapshot.segments[block.segment.0 as usize];
        for row in 0..block.len() {
            let of = heap.types.get(block.types[row]).unwrap();
            let address = block.address(row);
            let length = of.has_length.then(|| snapshot.memory.u32(address.offset(8)).ok()).flatten();
            let generation = segment.generation_at(address);
            rows.push(named(vec![
                ("address", int(address.0)),
                ("type", text(&of.name)),
                ("mt", int(of.method_table.0)),
                ("size", int(block.size(row))),
                ("gen", text(generation.word())),
                ("heap", if generation.word() == "frozen" { Null } else { int(segment.heap.into()) }),
                ("length", length.map_or(Null, |n| int(n.into()))),
                ("finalizable", Bool(of.finalizable)),
            ]));
            if let (Some(graph), Some(columns)) = (graph, rows.last_mut()) {
                columns.extend(named(of_graph(graph, rows_before, snapshot)));
            }
            rows_before += 1;
        }
    }
    rows
}

/// The columns of the graph of an object.
fn of_graph(graph: &Naive, id: u32, snapshot: &Snapshot) -> Vec<(&'static str, Value)> {
    let int = |n: Option<u64>| n.map_or(Null, |n| Int(n.into()));
    vec![
        ("retained", int(Some(graph.retained_bytes([id].into_iter())))),
        ("dominator", int(graph.dominator(id).map(|id| address(snapshot, id).0))),
        ("reachable", graph.is_reachable(id).map_or(Null, Bool)),
        ("depth", int(graph.depth(id))),
        (ID, Int(id.into())),
    ]
}

/// The address and the name of the type of an object.
fn address(snapshot: &Snapshot, id: u32) -> (u64, String) {
    let heap = snapshot.heap(&NoProgress).unwrap();
    let (block, row) = heap.objects.locate(ObjectId(id)).unwrap();
    let block = &heap.objects.blocks()[block];
    (block.address(row).0, heap.types.get(block.types[row]).unwrap().name.to_string())
}

/// The address of an object as statements spell it.
pub fn address_text(snapshot: &Snapshot, id: u32) -> String {
    format!("{:#x}", address(snapshot, id).0)
}

fn references(snapshot: &Snapshot, graph: &Naive) -> Vec<Row> {
    let rows = &graph.references.forward;
    let mut all = Vec::new();
    for source in 0..rows.len() as u32 {
        for target in rows.of(ObjectId(source)) {
            let (from, to) = (address(snapshot, source), address(snapshot, target.0));
            all.push(vec![
                ("source".to_owned(), Int(from.0.into())),
                ("source_type".to_owned(), Text(from.1)),
                ("target".to_owned(), Int(to.0.into())),
                ("target_type".to_owned(), Text(to.1)),
            ]);
        }
    }
    all
}

/// What a name or an aggregate is looked up in.
#[derive(Clone, Copy)]
struct World<'a> {
    snapshot: &'a Snapshot,
    graph: Option<&'a Naive>,
    /// The row; the first of the group.
    row: Option<&'a Row>,
    /// The rows of the group, and the keys' texts.
    group: Option<(&'a [&'a Row], &'a [String])>,
    /// All rows or groups that are shown, and which of them this is.
    all: (&'a [World<'a>], usize),
}

impl World<'_> {
    fn of<'b>(&'b self, row: &'b Row) -> World<'b> {
        World { row: Some(row), group: None, ..*self }
    }

    fn truth(&self, expr: &Expr) -> Option<bool> {
        match self.eval(expr) {
            Null => None,
            Bool(b) => Some(b),
            other => panic!("{other:?} is no condition"),
        }
    }

    fn eval(&self, expr: &Expr) -> Value {
        if let Some((rows, keys)) = self.group
            && keys.contains(&expr.to_string())
        {
            return self.of(rows[0]).eval(expr);
        }
        let maybe = |b: Option<bool>| b.map_or(Null, Bool);
        match &expr.kind {
            ExprKind::Literal(literal) => match literal {
                Literal::Null => Null,
                Literal::Boolean(b) => Bool(*b),
                Literal::Integer(n) => Int(*n),
                Literal::Real(r) => Real(*r),
                Literal::Size(n) | Literal::Address(n) => Int((*n).into()),
                Literal::Text(t) => Text(t.to_string()),
            },
            ExprKind::Name(name) => self.name(name),
            ExprKind::Call { name, arguments } => self.call(&name.text, arguments),
            ExprKind::Window(window) => windows::window(window, self),
            ExprKind::Case { operand, branches, otherwise } => {
                let fits = |when: &Expr| match operand {
                    Some(operand) => compare(CompareOp::Equal, &self.eval(operand), &self.eval(when)),
                    None => self.truth(when),
                };
                let taken = branches.iter().find(|(when, _)| fits(when) == Some(true)).map(|(_, then)| then);
                taken.or(otherwise.as_deref()).map_or(Null, |value| self.eval(value))
            }
            ExprKind::Negate(a) => match self.eval(a) {
                Int(n) => Int(-n),
                Real(r) => Real(-r),
                _ => Null,
            },
            ExprKind::Arithmetic(op, a, b) => arithmetic(*op, &self.eval(a), &self.eval(b)),
            ExprKind::Compare(op, a, b) => maybe(compare(*op, &self.eval(a), &self.eval(b))),
            ExprKind::Not(a) => maybe(self.truth(a).map(|b| !b)),
            ExprKind::And(all) => {
                let all: Vec<_> = all.iter().map(|a| self.truth(a)).collect();
                maybe(if all.contains(&Some(false)) {
                    Some(false)
                } else if all.contains(&None) {
                    None
                } else {
                    Some(true)
                })
            }
            ExprKind::Or(all) => {
                let all: Vec<_> = all.iter().map(|a| self.truth(a)).collect();
                maybe(if all.contains(&Some(true)) {
                    Some(true)
                } else if all.contains(&None) {
                    None
                } else {
                    Some(false)
                })
            }
            ExprKind::Index(..) | ExprKind::Cast(..) | ExprKind::IsType(..) => {
                panic!("objects made by hand have no fields: {expr}")
            }
            ExprKind::IsNull(a) => Bool(matches!(self.eval(a), Null)),
            ExprKind::Like { value, pattern, .. } => match self.eval(value) {
                Text(t) => {
                    let pattern = regex::escape(&pattern.0).replace('%', ".*").replace('_', ".");
                    Bool(regex::Regex::new(&format!("^(?s:{pattern})$")).unwrap().is_match(&t))
                }
                _ => Null,
            },
            ExprKind::Matches { value, pattern } => match self.eval(value) {
                Text(t) => Bool(regex::Regex::new(&pattern.0).unwrap().is_match(&t)),
                _ => Null,
            },
            ExprKind::Between { value, low, high } => {
                let (value, low, high) = (self.eval(value), self.eval(low), self.eval(high));
                let low = compare(CompareOp::GreaterOrEqual, &value, &low);
                maybe(match (low, compare(CompareOp::LessOrEqual, &value, &high)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                })
            }
            ExprKind::Member(source, name) => self.name(&format!("{source}.{}", name.text)),
            ExprKind::Select(select) => {
                let rows = run(self.snapshot, select);
                assert!(rows.len() < 2, "{expr}");
                rows.first().map_or(Null, |row| row[0].1.clone())
            }
            ExprKind::Exists(select) => Bool(!run(self.snapshot, select).is_empty()),
            ExprKind::InList(a, list) => self.within(a, list.iter().map(|e| self.eval(e)).collect()),
            ExprKind::InSelect(a, select) => {
                let members = run(self.snapshot, select).into_iter().map(|row| row[0].1.clone());
                self.within(a, members.collect())
            }
        }
    }

    fn within(&self, value: &Expr, members: Vec<Value>) -> Value {
        let value = self.eval(value);
        let found: Vec<_> = members.iter().map(|m| compare(CompareOp::Equal, &value, m)).collect();
        if found.contains(&Some(true)) {
            Bool(true)
        } else if found.contains(&None) {
            Null
        } else {
            Bool(false)
        }
    }

    fn name(&self, name: &str) -> Value {
        match self.group {
            None => {
                self.row
                    .unwrap()
                    .iter()
                    .find(|(n, _)| is_called(n, name))
                    .map(|(_, v)| v.clone())
                    .unwrap_or_else(|| {
                        // Where the source has no rows at all, nothing tells its columns.
                        assert!(name.contains('.'), "{name}");
                        Null
                    })
            }
            Some((rows, _)) if name == "count" => Int(rows.len() as i128),
            Some(_) => {
                assert!(MEASURES.contains(&last_part(name)), "{name}");
                self.sum_once(name)
                    .unwrap_or_else(|| self.aggregate("sum", self.column(|world| world.name(name))))
            }
        }
    }

    /// What the objects of the group retain together, each byte once; `None` for all other columns.
    fn sum_once(&self, name: &str) -> Option<Value> {
        let (rows, _) = self.group.filter(|_| name == "retained")?;
        let id = |row: &&Row| match row.iter().find(|(n, _)| n == ID) {
            Some((_, Int(id))) => Some(*id as u32),
            _ => None,
        };
        let ids: Option<Vec<u32>> = rows.iter().map(id).collect();
        let bytes = self.graph?.retained_bytes(ids?.into_iter());
        Some(if rows.is_empty() { Null } else { Int(bytes.into()) })
    }

    /// The values of the rows of the group that are not null.
    fn column(&self, value: impl Fn(&World<'_>) -> Value) -> Vec<Value> {
        let (rows, _) = self.group.unwrap();
        rows.iter().map(|row| value(&self.of(row))).filter(|v| !matches!(v, Null)).collect()
    }

    fn call(&self, name: &str, arguments: &Arguments) -> Value {
        let list = match arguments {
            Arguments::All => return Int(self.group.unwrap().0.len() as i128),
            Arguments::Distinct(x) => {
                let values = self.column(|world| world.eval(x));
                return Int(values.iter().map(show).collect::<BTreeSet<_>>().len() as i128);
            }
            Arguments::List(list) => list,
        };
        let aggregates = ["count", "sum", "min", "max", "avg", "median", "p90", "p99", "first"];
        if let ("sum", ExprKind::Name(column)) = (name, &list[0].kind)
            && let Some(sum) = self.sum_once(column)
        {
            return sum;
        }
        if aggregates.contains(&name) {
            return self.aggregate(name, self.column(|world| world.eval(&list[0])));
        }
        let values: Vec<Value> = list.iter().map(|a| self.eval(a)).collect();
        match (name, &values[..]) {
            ("coalesce", all) => all.iter().find(|v| !matches!(v, Null)).cloned().unwrap_or(Null),
            ("if", [c, a, b]) => {
                if matches!(c, Bool(true)) {
                    a.clone()
                } else {
                    b.clone()
                }
            }
            (_, all) if all.iter().any(|v| matches!(v, Null)) => Null,
            ("lower", [Text(t)]) => Text(t.to_lowercase()),
            ("length", [Text(t)]) => Int(t.chars().count() as i128),
            ("substr", [Text(t), Int(from), Int(count)]) => {
                Text(t.chars().skip(*from as usize - 1).take(*count as usize).collect())
            }
            ("hex", [Int(n)]) => Text(format!("0x{n:x}")),
            other => panic!("{other:?}"),
        }
    }

    fn aggregate(&self, name: &str, mut values: Vec<Value>) -> Value {
        if name == "count" {
            return Int(values.len() as i128);
        }
        if name == "first" || values.is_empty() {
            return values.first().cloned().unwrap_or(Null);
        }
        values.sort_by(order);
        let rank = |percent: usize| values[(values.len() * percent).div_ceil(100).max(1) - 1].clone();
        let sum = || values.iter().map(|v| if let Int(n) = v { *n } else { panic!("{v:?}") }).sum::<i128>();
        match name {
            "sum" => Int(sum()),
            "avg" => Real(sum() as f64 / values.len() as f64),
            "min" => values[0].clone(),
            "max" => values.last().unwrap().clone(),
            "median" => rank(50),
            "p90" => rank(90),
            _ => rank(99),
        }
    }
}

/// Whether a column, which may have its source in front, is the one of this name.
fn is_called(column: &str, name: &str) -> bool {
    column == name || column.split_once('.').is_some_and(|(_, own)| own == name)
}

/// A column's name without its source.
fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn compare(op: CompareOp, a: &Value, b: &Value) -> Option<bool> {
    if matches!(a, Null) || matches!(b, Null) {
        return None;
    }
    let order = order(a, b);
    Some(match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::Unequal => order.is_ne(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessOrEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterOrEqual => order.is_ge(),
    })
}

fn arithmetic(op: ArithmeticOp, a: &Value, b: &Value) -> Value {
    match (op, a, b) {
        (_, Null, _) | (_, _, Null) => Null,
        (ArithmeticOp::Add, Int(a), Int(b)) => Int(a + b),
        (ArithmeticOp::Subtract, Int(a), Int(b)) => Int(a - b),
        (ArithmeticOp::Multiply, Int(a), Int(b)) => Int(a * b),
        (ArithmeticOp::Remainder, Int(a), Int(b)) => a.checked_rem(*b).map_or(Null, Int),
        (ArithmeticOp::Divide, a, b) if real(b) == 0.0 => {
            let _ = a;
            Null
        }
        (ArithmeticOp::Divide, a, b) => Real(real(a) / real(b)),
        other => panic!("{other:?}"),
    }
}

fn is_grouped(select: &Select) -> bool {
    fn has(expr: &Expr) -> bool {
        let aggregates = ["count", "sum", "min", "max", "avg", "median", "p90", "p99", "first"];
        let own = match &expr.kind {
            ExprKind::Name(name) => name == "count",
            ExprKind::Call { name, .. } => aggregates.contains(&name.text.as_str()),
            _ => false,
        };
        own || expr.parts().into_iter().any(has)
    }
    let item = |i: &Item| matches!(i, Item::Expr { expr, .. } if has(expr));
    let order = select.order_by.iter().any(|o| has(&o.expr));
    !select.group_by.is_empty() || select.having.is_some() || order || select.items.iter().any(item)
}

/// Answers a select: the names and values of each row.
pub fn run(snapshot: &Snapshot, select: &Select) -> Vec<Row> {
    if !select.with.is_empty() {
        return run(snapshot, &sets::without_names(select));
    }
    if let Some(Source::Combined(both)) = &select.source {
        return sets::ordered(snapshot, select, sets::combined(snapshot, both));
    }
    let text = select.to_string();
    let takes_graph =
        ["retained", "dominator", "reachable", "depth", "refs"].iter().any(|name| text.contains(name));
    let graph = takes_graph.then(|| Naive::new(snapshot));
    let graph = graph.as_ref();
    let source = match &select.source {
        None => table(snapshot, "objects", graph),
        Some(Source::Call { .. }) => panic!("no function gives objects made by hand"),
        Some(Source::Table { name, .. }) => {
            table(snapshot, name.as_ref().map_or("objects", |n| &n.text), graph)
        }
        Some(Source::Select(inner)) => run(snapshot, inner),
        Some(Source::Join(of)) => join::joined(snapshot, graph, of),
        Some(Source::Combined(_)) => unreachable!("answered above"),
    };
    let world = World { snapshot, graph, row: None, group: None, all: (&[], 0) };
    let passes = |row: &&Row| select.filter.as_ref().is_none_or(|f| world.of(row).truth(f) == Some(true));
    let rows: Vec<&Row> = source.iter().filter(passes).collect();
    let keys: Vec<String> = select.group_by.iter().map(ToString::to_string).collect();
    let grouped = is_grouped(select);
    // Values of the items and of the order's keys, row by row or group by group.
    let mut answers: Vec<(Row, Vec<Value>)> = Vec::new();
    let mut add = |world: &World<'_>, keys: Vec<Value>| {
        let items: Row = select
            .items
            .iter()
            .map(|item| {
                let Item::Expr { expr, alias } = item else { panic!("`*` is not generated") };
                let name = alias.as_ref().map_or_else(|| expr.to_string(), |a| a.text.clone());
                (name, world.eval(expr))
            })
            .collect();
        let mut order: Vec<Value> = select.order_by.iter().map(|o| world.eval(&o.expr)).collect();
        order.extend(keys);
        answers.push((items, order));
    };
    let mut groups: Vec<(Vec<Value>, Vec<&Row>)> = Vec::new();
    let mut shown: Vec<(World<'_>, Vec<Value>)> = Vec::new();
    if grouped {
        for &row in &rows {
            let values: Vec<Value> = select.group_by.iter().map(|k| world.of(row).eval(k)).collect();
            let same =
                |g: &&mut (Vec<Value>, Vec<&Row>)| g.0.iter().zip(&values).all(|(a, b)| order(a, b).is_eq());
            match groups.iter_mut().find(same) {
                Some(group) => group.1.push(row),
                None => groups.push((values, vec![row])),
            }
        }
        if keys.is_empty() && groups.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for (values, rows) in &groups {
            shown.push((World { group: Some((rows, &keys)), ..world }, values.clone()));
        }
    } else {
        shown.extend(rows.iter().map(|row| (World { row: Some(row), ..world }, Vec::new())));
    }
    shown.retain(|(world, _)| select.having.as_ref().is_none_or(|h| world.truth(h) == Some(true)));
    shown.sort_by(|(_, a), (_, b)| {
        a.iter().zip(b).fold(Ordering::Equal, |all, (a, b)| all.then(nulls_last(a, b, false)))
    });
    let all: Vec<World<'_>> = shown.iter().map(|(world, _)| *world).collect();
    for (at, (world, keys)) in shown.into_iter().enumerate() {
        add(&World { all: (&all, at), ..world }, keys);
    }
    if select.distinct {
        let mut seen = BTreeSet::new();
        answers.retain(|(row, _)| seen.insert(row.iter().map(|(_, v)| show(v)).collect::<Vec<_>>()));
        answers.iter_mut().for_each(|(row, order)| order.extend(row.iter().map(|(_, v)| v.clone())));
    }
    let biggest =
        if grouped && !select.distinct && select.order_by.is_empty() { biggest(select) } else { None };
    answers.sort_by(|(row, a), (other, b)| {
        let first = biggest.map_or(Ordering::Equal, |at| nulls_last(&row[at].1, &other[at].1, true));
        let rest = a
            .iter()
            .zip(b)
            .enumerate()
            .map(|(at, (a, b))| nulls_last(a, b, select.order_by.get(at).is_some_and(|o| o.descending)));
        first.then(rest.fold(Ordering::Equal, Ordering::then))
    });
    let (offset, count) = select.limit.map_or((0, usize::MAX), |l| (l.offset as usize, l.count as usize));
    answers.into_iter().skip(offset).take(count).map(|(row, _)| row).collect()
}

fn nulls_last(a: &Value, b: &Value, descending: bool) -> Ordering {
    let both = !matches!(a, Null) && !matches!(b, Null);
    if descending && both { order(b, a) } else { order(a, b) }
}

/// The item that a grouped query without an order is ordered by: the first sum, else the first numeric aggregate.
fn biggest(select: &Select) -> Option<usize> {
    let keys: Vec<String> = select.group_by.iter().map(ToString::to_string).collect();
    let texts: Vec<String> = select
        .items
        .iter()
        .map(|i| match i {
            Item::Expr { expr, .. } => expr.to_string(),
            Item::All(_) | Item::AllOf(..) => String::new(),
        })
        .collect();
    let is_sum =
        |t: &&String| !keys.contains(t) && (MEASURES.contains(&last_part(t)) || t.starts_with("sum("));
    let numeric =
        ["count", "min(size)", "max(size)", "max(length)", "avg(", "median(", "p90(", "p99(", "first(size)"];
    // Of `max(b.size)` the `max(size)`: what a column is does not depend on its source.
    let bare = |t: &str| t.split_once('(').map(|(name, of)| format!("{name}({}", last_part(of)));
    let is_number = |t: &&String| {
        let bare = bare(t).unwrap_or_else(|| (*t).clone());
        !keys.contains(t) && numeric.iter().any(|n| bare.starts_with(n))
    };
    let at = |test: &dyn Fn(&&String) -> bool| texts.iter().position(|t| test(&t));
    at(&is_sum).or_else(|| at(&is_number))
}
