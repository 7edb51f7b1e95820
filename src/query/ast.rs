//! Statements as they were written, with the place of every part.

mod graph;
mod join;
mod parts;
mod several;

use std::fmt;
use std::sync::Arc;

pub use graph::{GraphStatement, Objects, SourceArgument};
pub use join::{Aliased, Join, Joined};
pub use several::SeveralStatement;

use super::catalog::is_reserved;
use super::diagnostic::Span;

/// A statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// Asks for rows.
    Select(Box<Select>),
    /// Asks how a select would be answered.
    Explain(Box<Select>),
    /// Asks about the graph.
    Graph(GraphStatement),
    /// Asks how a statement about the graph would be answered.
    ExplainGraph(GraphStatement),
    /// Asks about several dumps.
    Several(SeveralStatement),
    /// Asks how the answers to a select would be compared.
    ExplainDiff(Box<Select>),
    /// Asks which tables there are.
    Tables,
    /// Asks what a table or a function is.
    Describe(Name),
    /// Asks for help, perhaps on one word.
    Help(Option<Name>),
    /// Asks for the fields of an object.
    Object(ObjectAt),
}

/// A condition that stands alone, over rows that are given.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is tested.
    pub holds: Expr,
    /// Which rows it is about; `None` for all.
    pub filter: Option<Expr>,
}

/// A name and where it stands.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name, without quotes.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// An object, by its address.
#[derive(Clone, Debug)]
pub struct ObjectAt {
    /// The number of the dump, from 1; `None` when it was not said.
    pub dump: Option<(u32, Span)>,
    /// The address and where it stands.
    pub address: (u64, Span),
    /// The type that it is read as; `None` for the one that it names itself.
    pub read_as: Option<ReadAs>,
}

/// A type that what lies at an address is read as.
#[derive(Clone, Debug)]
pub enum ReadAs {
    /// The type of that name.
    Type(Name),
    /// The type with that MethodTable, and where it stands.
    MethodTable(u64, Span),
}

/// A select.
#[derive(Clone, Debug)]
pub struct Select {
    /// Whether each row is wanted once only.
    pub distinct: bool,
    /// What is wanted.
    pub items: Vec<Item>,
    /// Where from; `None` for objects.
    pub source: Option<Source>,
    /// The condition for rows.
    pub filter: Option<Expr>,
    /// The keys of groups.
    pub group_by: Vec<Expr>,
    /// The condition for groups.
    pub having: Option<Expr>,
    /// The order.
    pub order_by: Vec<OrderKey>,
    /// How many rows, and after how many.
    pub limit: Option<Limit>,
    /// Where the select stands.
    pub span: Span,
}

/// One of the things that are selected.
#[derive(Clone, Debug)]
pub enum Item {
    /// All columns of the source.
    All(Span),
    /// All columns of one of several sources; the source's name, and where both stand.
    AllOf(Name, Span),
    /// An expression.
    Expr {
        /// The expression.
        expr: Expr,
        /// Its name in the answer, when it was given one.
        alias: Option<Name>,
    },
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A table or a type by its name.
    Table {
        /// The number of the dump, from 1; `None` when it was not said.
        dump: Option<(u32, Span)>,
        /// The name; `None` for the objects of the dump.
        name: Option<Name>,
        /// Whether the types that derive from it are meant too: `Zoo.Animal+`.
        subclasses: bool,
    },
    /// A function that gives rows.
    Call {
        /// The number of the dump, from 1; `None` when it was not said.
        dump: Option<(u32, Span)>,
        /// The function's name.
        name: Name,
        /// What it is called with.
        argument: SourceArgument,
        /// Where the call stands, without the dump.
        span: Span,
    },
    /// Another select.
    Select(Box<Select>),
    /// A source under another name, perhaps joined with others.
    Join(Box<Join>),
}

/// One key of an order.
#[derive(Clone, Debug)]
pub struct OrderKey {
    /// What is ordered by.
    pub expr: Expr,
    /// Whether the biggest comes first.
    pub descending: bool,
}

/// Which rows of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many rows.
    pub count: u64,
    /// How many rows before are left out.
    pub offset: u64,
}

/// An expression and where it stands. Its text form (`Display`) is the same for two expressions
/// exactly when they mean the same, whatever their spelling: that is how a selected expression
/// is recognized as a key of the grouping.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
    /// How deep it is nested, 0 for a leaf; the parser bounds it, so that walks may recurse.
    pub height: u32,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal value.
    Literal(Literal),
    /// A column, an alias, or the bare word `count`.
    Name(String),
    /// A function or an aggregate.
    Call {
        /// Its name.
        name: Name,
        /// What stands between the parentheses.
        arguments: Arguments,
    },
    /// A member of what an expression leads to.
    Member(Box<Expr>, Name),
    /// An element of the array that an expression leads to.
    Index(Box<Expr>, Vec<i64>),
    /// An address, where what lies there is of a type.
    Cast(Box<Expr>, Name),
    /// A negative number.
    Negate(Box<Expr>),
    /// Arithmetic.
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    /// A comparison.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// A negation.
    Not(Box<Expr>),
    /// All of several conditions.
    And(Vec<Expr>),
    /// One of several conditions.
    Or(Vec<Expr>),
    /// `is null`.
    IsNull(Box<Expr>),
    /// `is` and a type.
    IsType(Box<Expr>, Name),
    /// `like`.
    Like {
        /// The text.
        value: Box<Expr>,
        /// The pattern and where it stands.
        pattern: (String, Span),
        /// The escape character and where it stands.
        escape: Option<(String, Span)>,
    },
    /// `~`.
    Matches {
        /// The text.
        value: Box<Expr>,
        /// The regular expression and where it stands.
        pattern: (String, Span),
    },
    /// `between`.
    Between {
        /// The value.
        value: Box<Expr>,
        /// The smallest value that is true.
        low: Box<Expr>,
        /// The biggest value that is true.
        high: Box<Expr>,
    },
    /// `in` a list.
    InList(Box<Expr>, Vec<Expr>),
    /// `in` a select.
    InSelect(Box<Expr>, Box<Select>),
    /// The one value that a select gives.
    Select(Box<Select>),
    /// Whether a select gives any row.
    Exists(Box<Select>),
}

/// The arguments of a call.
#[derive(Clone, Debug)]
pub enum Arguments {
    /// `*`
    All,
    /// `distinct x`
    Distinct(Box<Expr>),
    /// A list, perhaps empty.
    List(Vec<Expr>),
}

/// A literal value.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// No value.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction.
    Real(f64),
    /// A number of bytes.
    Size(u64),
    /// An address.
    Address(u64),
    /// Text.
    Text(Arc<str>),
}

/// An operator of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl ArithmeticOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// An operator that compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `!=` or `<>`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl CompareOp {
    /// How it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl Expr {
    /// An expression whose height is taken from its `parts`.
    pub fn new<'a>(kind: ExprKind, span: Span, parts: impl IntoIterator<Item = &'a Expr>) -> Expr {
        let height = parts.into_iter().map(|p| p.height + 1).max().unwrap_or(0);
        Expr { kind, span, height }
    }

    /// The expressions that this one is made of; not those of a select within it.
    pub fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::Select(_) | ExprKind::Exists(_) => {
                Vec::new()
            }
            ExprKind::Call { arguments: Arguments::All, .. } => Vec::new(),
            ExprKind::Call { arguments: Arguments::Distinct(a), .. } => vec![a],
            ExprKind::Call { arguments: Arguments::List(all), .. } => all.iter().collect(),
            ExprKind::Arithmetic(_, a, b) | ExprKind::Compare(_, a, b) => vec![a, b],
            ExprKind::Negate(a) | ExprKind::Not(a) | ExprKind::IsNull(a) | ExprKind::InSelect(a, _) => {
                vec![a]
            }
            ExprKind::Member(a, _)
            | ExprKind::Index(a, _)
            | ExprKind::Cast(a, _)
            | ExprKind::IsType(a, _) => vec![a],
            ExprKind::Like { value, .. } | ExprKind::Matches { value, .. } => vec![value],
            ExprKind::Between { value, low, high } => vec![value, low, high],
            ExprKind::And(all) | ExprKind::Or(all) => all.iter().collect(),
            ExprKind::InList(a, all) => std::iter::once(&**a).chain(all).collect(),
        }
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T], separator: &str) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        write!(f, "{}{item}", if i > 0 { separator } else { "" })?;
    }
    Ok(())
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A name as a statement would write it: in quotes where it needs them.
pub fn written_name(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !is_reserved(name);
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => f.write_str("null"),
            Literal::Boolean(b) => write!(f, "{b}"),
            Literal::Integer(n) => write!(f, "{n}"),
            // Debug keeps the point or exponent that tells a real number from a whole one.
            Literal::Real(r) => write!(f, "{r:?}"),
            Literal::Size(n) => write!(f, "{n}b"),
            Literal::Address(n) => write!(f, "{n:#x}"),
            Literal::Text(t) => f.write_str(&text(t)),
        }
    }
}

/// An operand: in parentheses unless it is a leaf, so that the text needs no precedence.
struct Operand<'a>(&'a Expr);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            ExprKind::Literal(_)
            | ExprKind::Name(_)
            | ExprKind::Call { .. }
            | ExprKind::Member(..)
            | ExprKind::Index(..)
            | ExprKind::Cast(..)
            | ExprKind::Select(_)
            | ExprKind::Exists(_) => write!(f, "{}", self.0),
            _ => write!(f, "({})", self.0),
        }
    }
}

/// What a step of a path stands behind: a literal needs parentheses there.
struct Root<'a>(&'a Expr);

impl fmt::Display for Root<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            ExprKind::Literal(_) => write!(f, "({})", self.0),
            _ => write!(f, "{}", Operand(self.0)),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operands = |parts: &'_ [Expr]| parts.iter().map(|p| Operand(p).to_string()).collect::<Vec<_>>();
        match &self.kind {
            ExprKind::Literal(literal) => write!(f, "{literal}"),
            ExprKind::Name(name) => f.write_str(&written_name(name)),
            ExprKind::Call { name, arguments } => {
                write!(f, "{}(", written_name(&name.text))?;
                match arguments {
                    Arguments::All => f.write_str("*")?,
                    Arguments::Distinct(x) => write!(f, "distinct {x}")?,
                    Arguments::List(xs) => list(f, xs, ", ")?,
                }
                f.write_str(")")
            }
            ExprKind::Member(x, name) => write!(f, "{}.{}", Root(x), written_name(&name.text)),
            ExprKind::Index(x, indexes) => {
                write!(f, "{}[", Root(x))?;
                list(f, indexes, ", ")?;
                f.write_str("]")
            }
            ExprKind::Cast(x, name) => write!(f, "({} as {})", Operand(x), written_name(&name.text)),
            ExprKind::Negate(x) => write!(f, "- {}", Operand(x)),
            ExprKind::Arithmetic(op, a, b) => write!(f, "{} {} {}", Operand(a), op.symbol(), Operand(b)),
            ExprKind::Compare(op, a, b) => write!(f, "{} {} {}", Operand(a), op.symbol(), Operand(b)),
            ExprKind::Not(x) => write!(f, "not {}", Operand(x)),
            ExprKind::And(xs) => list(f, &operands(xs), " and "),
            ExprKind::Or(xs) => list(f, &operands(xs), " or "),
            ExprKind::IsNull(x) => write!(f, "{} is null", Operand(x)),
            ExprKind::IsType(x, name) => write!(f, "{} is {}", Operand(x), written_name(&name.text)),
            ExprKind::Like { value, pattern, escape } => {
                write!(f, "{} like {}", Operand(value), text(&pattern.0))?;
                escape.as_ref().map_or(Ok(()), |e| write!(f, " escape {}", text(&e.0)))
            }
            ExprKind::Matches { value, pattern } => write!(f, "{} ~ {}", Operand(value), text(&pattern.0)),
            ExprKind::Between { value, low, high } => {
                write!(f, "{} between {} and {}", Operand(value), Operand(low), Operand(high))
            }
            ExprKind::InList(x, xs) => {
                write!(f, "{} in (", Operand(x))?;
                list(f, xs, ", ")?;
                f.write_str(")")
            }
            ExprKind::InSelect(x, select) => write!(f, "{} in ({select})", Operand(x)),
            ExprKind::Select(select) => write!(f, "({select})"),
            ExprKind::Exists(select) => write!(f, "exists ({select})"),
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::All(_) => f.write_str("*"),
            Item::AllOf(source, _) => write!(f, "{}.*", written_name(&source.text)),
            Item::Expr { expr, alias: None } => write!(f, "{expr}"),
            Item::Expr { expr, alias: Some(alias) } => write!(f, "{expr} as {}", written_name(&alias.text)),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Select(select) => write!(f, "({select})"),
            Source::Join(join) => write!(f, "{join}"),
            Source::Table { dump, name, subclasses } => {
                let dump = dump.as_ref().map(|(n, _)| format!("@{n}"));
                let name = name.as_ref().map(|n| written_name(&n.text));
                f.write_str(&dump.into_iter().chain(name).collect::<Vec<_>>().join("."))?;
                f.write_str(if *subclasses { "+" } else { "" })
            }
            Source::Call { dump, name, argument, .. } => {
                dump.as_ref().map_or(Ok(()), |(n, _)| write!(f, "@{n}."))?;
                write!(f, "{}(", written_name(&name.text))?;
                match argument {
                    SourceArgument::Select(select) => write!(f, "{select}")?,
                    SourceArgument::Type { name, subclasses } => {
                        write!(f, "{}{}", written_name(&name.text), if *subclasses { "+" } else { "" })?;
                    }
                    SourceArgument::Values(values) => {
                        list(f, &values.iter().map(|(value, _)| value).collect::<Vec<_>>(), ", ")?;
                    }
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.expr, if self.descending { " desc" } else { "" })
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.distinct { "select distinct " } else { "select " })?;
        list(f, &self.items, ", ")?;
        if let Some(source) = &self.source {
            write!(f, " from {source}")?;
        }
        if let Some(filter) = &self.filter {
            write!(f, " where {filter}")?;
        }
        if !self.group_by.is_empty() {
            f.write_str(" group by ")?;
            list(f, &self.group_by, ", ")?;
        }
        if let Some(having) = &self.having {
            write!(f, " having {having}")?;
        }
        if !self.order_by.is_empty() {
            f.write_str(" order by ")?;
            list(f, &self.order_by, ", ")?;
        }
        match self.limit {
            None => Ok(()),
            Some(Limit { count, offset: 0 }) => write!(f, " limit {count}"),
            Some(Limit { count, offset }) => write!(f, " limit {count} offset {offset}"),
        }
    }
}
