//! Statements as they were written, with the place of every part.

mod display;
mod graph;
mod join;
mod parts;
mod query;
mod several;
mod window;

use std::sync::Arc;

pub use display::written_name;
pub use graph::{GraphStatement, Objects, SourceArgument};
pub use join::{Aliased, Join, Joined};
pub use query::{Assertion, Combined, KeptValue, SetOp, With};
pub use several::SeveralStatement;
pub use window::Window;

use crate::diagnostic::Span;

/// A statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// Asks for rows.
    Select(Box<Select>),
    /// Asks for rows, and for keeping them under a name.
    Let(Name, Box<Select>),
    /// Asks whether something is true of all rows.
    Assert(Box<Assertion>),
    /// Asks how a select would be answered.
    Explain(Box<Select>),
    /// Asks how a select is answered: what each step took.
    ExplainAnalyze(Box<Select>),
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
pub enum ObjectAt {
    /// An address that is written.
    Address {
        /// The number of the dump, from 1; `None` when it was not said.
        dump: Option<(u32, Span)>,
        /// The address and where it stands.
        address: (u64, Span),
        /// The type that it is read as; `None` for the one that it names itself.
        read_as: Option<ReadAs>,
    },
    /// An address in an answer that was kept.
    Kept(KeptValue),
}

/// A type that what lies at an address is read as.
#[derive(Clone, Debug)]
pub enum ReadAs {
    /// The type of that name.
    Type(Name),
    /// The type with that MethodTable, and where it stands.
    MethodTable(u64, Span),
}

/// A select. Two that are combined are a select of everything from [`Source::Combined`], so that whatever holds a
/// select holds a query.
#[derive(Clone, Debug)]
pub struct Select {
    /// Selects that have names here: each may be a source of the later ones and of everything else in the select.
    pub with: Vec<With>,
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
    /// Two selects together: then the select is over nothing else, and has an order and a limit at most.
    Combined(Box<Combined>),
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
    /// A function over other rows than its own.
    Window(Box<Window>),
    /// One of several values.
    Case {
        /// What is compared with what stands behind `when`; `None` where conditions stand there.
        operand: Option<Box<Expr>>,
        /// What stands behind `when`, and behind `then`.
        branches: Vec<(Expr, Expr)>,
        /// What stands behind `else`.
        otherwise: Option<Box<Expr>>,
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

impl Select {
    /// A select of nothing but items.
    pub fn of(items: Vec<Item>, span: Span) -> Select {
        Select {
            with: Vec::new(),
            distinct: false,
            items,
            source: None,
            filter: None,
            group_by: Vec::new(),
            having: None,
            order_by: Vec::new(),
            limit: None,
            span,
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
            ExprKind::Window(window) => window.parts(),
            ExprKind::Case { operand, branches, otherwise } => {
                let both = branches.iter().flat_map(|(when, then)| [when, then]);
                operand.as_deref().into_iter().chain(both).chain(otherwise.as_deref()).collect()
            }
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
