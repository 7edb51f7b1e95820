//! What kinds comparisons and arithmetic take, and what they give.

use super::Checked;
use super::expression::{Context, boolean, spelled};
use crate::diagnostic::{Diagnostic, Span};
use crate::query::Kind;
use crate::query::ast::{ArithmeticOp, CompareOp, Expr, ExprKind, Literal};
use crate::query::plan::{Node, Typed};

impl Kind {
    /// The kind in a sentence.
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "a whole number",
            Kind::Real => "a real number",
            Kind::Bytes => "a number of bytes",
            Kind::Address => "an address",
            Kind::Boolean => "true or false",
            Kind::List => "a list",
            Kind::Value => "a value of any sort",
        }
    }

    /// Whether values are whole numbers.
    pub(in crate::query) fn is_whole(self) -> bool {
        matches!(self, Kind::Integer | Kind::Bytes | Kind::Address)
    }

    /// Whether values are numbers.
    pub(in crate::query) fn is_number(self) -> bool {
        self.is_whole() || self == Kind::Real
    }
}

/// Whether values of two kinds compare: numbers of all kinds with each other, others with their own.
fn comparable(a: Option<Kind>, b: Option<Kind>) -> bool {
    match (a, b) {
        (None, _) | (_, None) => true,
        // A list has lists to compare with only; what a value of any sort is is seen row by row.
        (Some(Kind::Value), Some(b)) | (Some(b), Some(Kind::Value)) => b != Kind::List,
        (Some(a), Some(b)) => a == b || (a.is_number() && b.is_number()),
    }
}

/// The kind that holds values of both kinds, as the branches of `if` need it; `Err` when there is none.
pub(super) fn common(a: Option<Kind>, b: Option<Kind>) -> Result<Option<Kind>, ()> {
    match (a, b) {
        (None, kind) | (kind, None) => Ok(kind),
        (Some(a), Some(b)) if a == b => Ok(Some(a)),
        // A whole number may be negative, which no number of bytes is.
        (Some(Kind::Integer | Kind::Bytes), Some(Kind::Integer | Kind::Bytes)) => Ok(Some(Kind::Integer)),
        (Some(Kind::Real), Some(Kind::Integer | Kind::Bytes))
        | (Some(Kind::Integer | Kind::Bytes), Some(Kind::Real)) => Ok(Some(Kind::Real)),
        _ => Err(()),
    }
}

/// What arithmetic gives; `None` when it means nothing for these kinds.
fn arithmetic_kind(op: ArithmeticOp, a: Kind, b: Kind) -> Option<Kind> {
    use ArithmeticOp::{Add, Divide, Multiply, Remainder, Subtract};
    use Kind::{Address, Bytes, Integer, Real};
    if !a.is_number() || !b.is_number() {
        return None;
    }
    Some(match (op, a, b) {
        (Add, Address, Integer | Bytes) | (Add, Integer | Bytes, Address) => Address,
        (Subtract, Address, Integer | Bytes) => Address,
        // A distance may be negative, so it is a plain number.
        (Subtract, Address, Address) | (Remainder, Address, Integer | Bytes) => Integer,
        (_, Address, _) | (_, _, Address) => return None,
        (Divide, _, _) | (_, Real, _) | (_, _, Real) => Real,
        (Add, Integer, Integer) => Integer,
        (Add, _, _) => Bytes,
        (Multiply, Bytes, Integer) | (Multiply, Integer, Bytes) => Bytes,
        (Subtract | Multiply | Remainder, _, _) => Integer,
    })
}

impl Context<'_> {
    /// Resolves a comparison.
    pub(super) fn compare(&mut self, op: CompareOp, a: &Expr, b: &Expr) -> Checked<Typed> {
        for side in [a, b] {
            if let ExprKind::Literal(Literal::Null) = side.kind {
                return Err(Diagnostic::new(side.span.clone(), "nothing compares with null")
                    .expected("`is null` or `is not null`"));
            }
        }
        let (mut left, mut right) = (self.expression(a)?, self.expression(b)?);
        // An enum shows its name, and compares with names and with numbers.
        let is_number = |side: &Typed| side.kind.is_some_and(Kind::is_number);
        if let Some(number) = left.enum_number().filter(|_| is_number(&right)) {
            left = number;
        } else if let Some(number) = right.enum_number().filter(|_| is_number(&left)) {
            right = number;
        }
        if !comparable(left.kind, right.kind) {
            return Err(incomparable((a, &left), (b, &right)));
        }
        match (left.kind, right.kind) {
            (Some(Kind::Value), Some(Kind::Text)) => left = spelled(left),
            (Some(Kind::Text), Some(Kind::Value)) => right = spelled(right),
            _ => {}
        }
        let parts = [left.clone(), right.clone()];
        Ok(boolean(Node::Compare(op, Box::new(left), Box::new(right)), &parts))
    }

    /// Checks that a value can be among those of a column.
    pub(super) fn check_comparable(&self, value: &Typed, kind: Option<Kind>, span: &Span) -> Checked<()> {
        if comparable(value.kind, kind) {
            return Ok(());
        }
        let phrase = |k: Option<Kind>| k.map_or("null", Kind::phrase);
        let message = format!("this is {}, the select gives {}", phrase(value.kind), phrase(kind));
        Err(Diagnostic::new(span.clone(), message))
    }

    /// Resolves arithmetic.
    pub(super) fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        a: &Expr,
        b: &Expr,
        whole: &Expr,
    ) -> Checked<Typed> {
        let (left, right) = (self.expression(a)?, self.expression(b)?);
        let kind = match (left.kind, right.kind) {
            (Some(a), Some(b)) => Some(arithmetic_kind(op, a, b).ok_or_else(|| {
                let message = format!("`{}` does not take {} and {}", op.symbol(), a.phrase(), b.phrase());
                let diagnostic = Diagnostic::new(whole.span.clone(), message);
                match (op, a, b) {
                    (ArithmeticOp::Add, Kind::Text, _) | (ArithmeticOp::Add, _, Kind::Text) => {
                        diagnostic.hint("`||` joins texts")
                    }
                    _ => diagnostic,
                }
            })?),
            (one, other) => {
                let kind = one.or(other);
                if let Some(kind) = kind.filter(|k| !k.is_number()) {
                    let message = format!("`{}` does not take {}", op.symbol(), kind.phrase());
                    return Err(Diagnostic::new(whole.span.clone(), message));
                }
                kind
            }
        };
        let parts = [left.clone(), right.clone()];
        Ok(Typed::new(Node::Arithmetic(op, Box::new(left), Box::new(right)), kind, &parts))
    }

    /// Resolves a sign.
    pub(super) fn negate(&mut self, part: &Expr) -> Checked<Typed> {
        let value = self.expression(part)?;
        let kind = match value.kind {
            Some(Kind::Integer | Kind::Bytes) => Some(Kind::Integer),
            Some(Kind::Real) => Some(Kind::Real),
            None => None,
            Some(other) => {
                let message = format!("`-` does not take {}", other.phrase());
                return Err(Diagnostic::new(part.span.clone(), message));
            }
        };
        Ok(Typed::new(Node::Negate(Box::new(value.clone())), kind, [&value]))
    }
}

/// The error of a comparison of kinds that do not compare. It stands at the literal, if one side is one.
fn incomparable((a, left): (&Expr, &Typed), (b, right): (&Expr, &Typed)) -> Diagnostic {
    let is_literal = |e: &Expr| matches!(e.kind, ExprKind::Literal(_));
    let ((at, wrong), other) =
        if is_literal(a) && !is_literal(b) { ((a, left), right) } else { ((b, right), left) };
    let (Some(wrong), Some(wanted)) = (wrong.kind, other.kind) else {
        return Diagnostic::new(at.span.clone(), "these do not compare");
    };
    let message = format!("{} does not compare with {}", wanted.phrase(), wrong.phrase());
    let diagnostic = Diagnostic::new(at.span.clone(), message).expected(wanted.phrase());
    if !is_literal(a) && !is_literal(b) {
        return diagnostic;
    }
    match (wanted, wrong) {
        (Kind::Address, Kind::Text) => diagnostic.hint("addresses are written without quotes: 0x7f00"),
        (Kind::Bytes, Kind::Text) => diagnostic.hint("sizes are written without quotes: 100, 10kb, 2.5mb"),
        (wanted, Kind::Text) if wanted.is_number() => diagnostic.hint("numbers are written without quotes"),
        (Kind::Text, _) => diagnostic.hint("text stands in single quotes: '...'"),
        (Kind::Boolean, _) => diagnostic.hint("true and false are written as words"),
        (Kind::Address, _) => diagnostic.hint("addresses are written in hexadecimal: 0x7f00"),
        _ => diagnostic,
    }
}
