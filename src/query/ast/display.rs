//! Statements as texts: what they mean, in one spelling. See [`Expr`](super::Expr) for what depends on it.

use std::fmt;

use super::{
    Arguments, Combined, Expr, ExprKind, Item, KeptValue, Limit, Literal, OrderKey, Select, Source,
    SourceArgument, Window, With,
};
use crate::query::catalog::is_reserved;

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
    // The number of an answer: `$3`.
    let numbered = name.strip_prefix('$').is_some_and(|digits| digits.parse::<u64>().is_ok());
    if plain || numbered { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
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
            | ExprKind::Window(_)
            | ExprKind::Member(..)
            | ExprKind::Index(..)
            | ExprKind::Cast(..) => write!(f, "{}", self.0),
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
            ExprKind::Call { name, arguments } => write!(f, "{}({arguments})", written_name(&name.text)),
            ExprKind::Window(window) => write!(f, "{window}"),
            ExprKind::Case { operand, branches, otherwise } => {
                f.write_str("case")?;
                operand.as_ref().map_or(Ok(()), |x| write!(f, " {x}"))?;
                for (when, then) in branches {
                    write!(f, " when {when} then {then}")?;
                }
                otherwise.as_ref().map_or(Ok(()), |x| write!(f, " else {x}"))?;
                f.write_str(" end")
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
        }
    }
}

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arguments::All => f.write_str("*"),
            Arguments::Distinct(x) => write!(f, "distinct {x}"),
            Arguments::List(xs) => list(f, xs, ", "),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}) over (", written_name(&self.name.text), self.arguments)?;
        if !self.partition_by.is_empty() {
            f.write_str("partition by ")?;
            list(f, &self.partition_by, ", ")?;
        }
        if !self.order_by.is_empty() {
            f.write_str(if self.partition_by.is_empty() { "order by " } else { " order by " })?;
            list(f, &self.order_by, ", ")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::All(_) => f.write_str("*"),
            Item::Expr { expr, alias: None } => write!(f, "{expr}"),
            Item::Expr { expr, alias: Some(alias) } => write!(f, "{expr} as {}", written_name(&alias.text)),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Select(select) => write!(f, "({select})"),
            Source::Combined(combined) => write!(f, "{combined}"),
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
                    SourceArgument::Kept(value) => write!(f, "{value}")?,
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

impl fmt::Display for KeptValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written_name(&self.name.text))?;
        self.row.as_ref().map_or(Ok(()), |(row, _)| write!(f, "[{row}]"))?;
        write!(f, ".{}", written_name(&self.column.text))
    }
}

impl fmt::Display for With {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as ({})", written_name(&self.name.text), self.select)
    }
}

impl fmt::Display for Combined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.op.words(self.all), self.right)
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.with.is_empty() {
            f.write_str("with ")?;
            list(f, &self.with, ", ")?;
            f.write_str(" ")?;
        }
        if let Some(Source::Combined(combined)) = &self.source {
            write!(f, "{combined}")?;
        } else {
            f.write_str(if self.distinct { "select distinct " } else { "select " })?;
            list(f, &self.items, ", ")?;
            if let Some(source) = &self.source {
                write!(f, " from {source}")?;
            }
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
