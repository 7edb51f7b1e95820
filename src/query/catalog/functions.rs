//! The functions and aggregates.

/// A function and how it is called.
#[derive(Clone, Copy, Debug)]
pub struct FunctionDoc {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What it gives, in one sentence.
    pub summary: &'static str,
    /// What it means to the resolver.
    pub meaning: Meaning,
}

impl FunctionDoc {
    /// Whether it is computed over the rows of a group.
    pub fn is_aggregate(&self) -> bool {
        matches!(self.meaning, Meaning::Aggregate(_))
    }

    /// Whether it is computed out of values of one row alone.
    pub fn is_of_one_row(&self) -> bool {
        matches!(self.meaning, Meaning::Function(_))
    }
}

/// What a function's name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A value out of values of the same row.
    Function(Function),
    /// A value out of the rows of a group.
    Aggregate(Aggregate),
    /// The place of a row among the rows of a window.
    Numbering(RowNumbering),
}

/// How the rows of a window are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowNumbering {
    /// One after the other.
    RowNumber,
    /// Equal ones alike, with gaps behind them.
    Rank,
    /// Equal ones alike, without gaps.
    DenseRank,
}

/// A function of values of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// Text in lower case.
    Lower,
    /// Text in upper case.
    Upper,
    /// Characters of a text.
    Length,
    /// A part of a text.
    Substr,
    /// Whether a text contains another.
    Contains,
    /// Whether a text begins with another.
    StartsWith,
    /// Whether a text ends with another.
    EndsWith,
    /// The first value that is not null.
    Coalesce,
    /// A number without its sign.
    Abs,
    /// A number rounded.
    Round,
    /// One of two values.
    If,
    /// A number in hexadecimal.
    Hex,
    /// A number of bytes for people.
    Human,
    /// A part of a date or a time.
    DatePart(DatePart),
    /// The day of a date.
    Date,
    /// The number that a text spells.
    ToNumber,
    /// What a person reads.
    Text,
    /// The name of an object's type.
    TypeOf,
    /// Text without white space around it.
    Trim,
    /// Text with parts of it replaced.
    Replace,
    /// Texts one after the other.
    Concat,
    /// One of the parts between separators.
    SplitPart,
    /// The part of a text that fits a regular expression.
    RegexExtract,
}

/// A part of a date or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The day of the month.
    Day,
    /// The hour, 0 to 23.
    Hour,
    /// The minute.
    Minute,
    /// The second, without its fraction.
    Second,
}

/// A function of the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// Rows, values that are not null, or distinct values.
    Count,
    /// The sum.
    Sum,
    /// The smallest value.
    Min,
    /// The biggest value.
    Max,
    /// The mean.
    Avg,
    /// The value that half of all do not exceed.
    Median,
    /// The value that 90 % of all do not exceed.
    P90,
    /// The value that 99 % of all do not exceed.
    P99,
    /// The first value in table order.
    First,
}

const fn function(
    name: &'static str,
    usage: &'static str,
    meaning: Function,
    summary: &'static str,
) -> FunctionDoc {
    FunctionDoc { name, usage, summary, meaning: Meaning::Function(meaning) }
}

const fn date_part(
    name: &'static str,
    usage: &'static str,
    part: DatePart,
    summary: &'static str,
) -> FunctionDoc {
    function(name, usage, Function::DatePart(part), summary)
}

const fn numbering(
    name: &'static str,
    usage: &'static str,
    meaning: RowNumbering,
    summary: &'static str,
) -> FunctionDoc {
    FunctionDoc { name, usage, summary, meaning: Meaning::Numbering(meaning) }
}

const fn aggregate(
    name: &'static str,
    usage: &'static str,
    meaning: Aggregate,
    summary: &'static str,
) -> FunctionDoc {
    FunctionDoc { name, usage, summary, meaning: Meaning::Aggregate(meaning) }
}

static FUNCTIONS: &[FunctionDoc] = &[
    aggregate(
        "count",
        "count, count(*), count(x) or count(distinct x)",
        Aggregate::Count,
        "Rows of the group; values of x that are not null; different values of x. A column named count goes \
         before the bare word.",
    ),
    aggregate("sum", "sum(x)", Aggregate::Sum, "The sum of the values; null when there is none."),
    aggregate("min", "min(x)", Aggregate::Min, "The smallest value."),
    aggregate("max", "max(x)", Aggregate::Max, "The biggest value."),
    aggregate("avg", "avg(x)", Aggregate::Avg, "The mean of the values, a real number."),
    aggregate(
        "median",
        "median(x)",
        Aggregate::Median,
        "The smallest of the values that at least half of all do not exceed (nearest rank, exact).",
    ),
    aggregate("p90", "p90(x)", Aggregate::P90, "The same for 90 % of all values (nearest rank, exact)."),
    aggregate("p99", "p99(x)", Aggregate::P99, "The same for 99 % of all values (nearest rank, exact)."),
    aggregate("first", "first(x)", Aggregate::First, "The first value in table order that is not null."),
    numbering(
        "row_number",
        "row_number() over (partition by ... order by ...)",
        RowNumbering::RowNumber,
        "The number of the row in the window, from 1; rows that are equal in the order keep theirs.",
    ),
    numbering(
        "rank",
        "rank() over (partition by ... order by ...)",
        RowNumbering::Rank,
        "One more than there are rows before it in the window: equal rows have the same, and a gap behind them.",
    ),
    numbering(
        "dense_rank",
        "dense_rank() over (partition by ... order by ...)",
        RowNumbering::DenseRank,
        "The same without gaps: one more than there are different rows before it.",
    ),
    function("lower", "lower(text)", Function::Lower, "The text in lower case."),
    function("upper", "upper(text)", Function::Upper, "The text in upper case."),
    function("length", "length(text)", Function::Length, "How many characters the text has."),
    function(
        "substr",
        "substr(text, start [, count])",
        Function::Substr,
        "The characters from start on, the first being 1; at most count of them.",
    ),
    function("contains", "contains(text, part)", Function::Contains, "Whether the text contains the part."),
    function(
        "starts_with",
        "starts_with(text, part)",
        Function::StartsWith,
        "Whether the text begins with the part.",
    ),
    function(
        "ends_with",
        "ends_with(text, part)",
        Function::EndsWith,
        "Whether the text ends with the part.",
    ),
    function(
        "coalesce",
        "coalesce(x, y, ...)",
        Function::Coalesce,
        "The first of the values that is not null.",
    ),
    function("abs", "abs(x)", Function::Abs, "The number without its sign."),
    function(
        "round",
        "round(x [, digits])",
        Function::Round,
        "The number rounded to so many decimal digits (up to 15; -3: to thousands), halves away from zero.",
    ),
    function("if", "if(condition, x, y)", Function::If, "x where the condition is true, else y."),
    function("hex", "hex(x)", Function::Hex, "The whole number in hexadecimal, as text."),
    function(
        "human",
        "human(x)",
        Function::Human,
        "The number of bytes in the unit that suits it, as text: 1.5 MB.",
    ),
    date_part(
        "year",
        "year(text)",
        DatePart::Year,
        "The year of a date, as fields of dates show it; null for other texts.",
    ),
    date_part("month", "month(text)", DatePart::Month, "The month of a date, 1 to 12."),
    date_part("day", "day(text)", DatePart::Day, "The day of the month of a date."),
    date_part("hour", "hour(text)", DatePart::Hour, "The hour of a date or a time of day, 0 to 23."),
    date_part("minute", "minute(text)", DatePart::Minute, "The minute of a date or a time of day."),
    date_part(
        "second",
        "second(text)",
        DatePart::Second,
        "The second of a date or a time of day, without its fraction.",
    ),
    function("date", "date(text)", Function::Date, "The day of a date, as text: 2024-02-29."),
    function(
        "to_number",
        "to_number(text)",
        Function::ToNumber,
        "The number that the text spells, in decimal or, after 0x, in hexadecimal; null where it spells none. A real \
         number: whole ones are exact up to 2^53.",
    ),
    function(
        "text",
        "text(x)",
        Function::Text,
        "What a person reads: of a field the name of an enum, the exact digits of a decimal, the contents of a string; of \
         an address what the object there stands for, else the address.",
    ),
    function(
        "type_of",
        "type_of(address)",
        Function::TypeOf,
        "The name of the type that the object there has.",
    ),
    function("trim", "trim(text)", Function::Trim, "The text without white space at its start and end."),
    function(
        "replace",
        "replace(text, part, other)",
        Function::Replace,
        "The text with each occurrence of the part replaced by the other.",
    ),
    function(
        "concat",
        "concat(x, y, ...)",
        Function::Concat,
        "The texts of the values one after the other, as x || y has them; null when one of them is.",
    ),
    function(
        "split_part",
        "split_part(text, separator, n)",
        Function::SplitPart,
        "The n-th of the parts between separators, the first being 1; null when there are fewer.",
    ),
    function(
        "regex_extract",
        "regex_extract(text, 'pattern' [, group])",
        Function::RegexExtract,
        "The first part of the text that fits the regular expression, or that of a group in it; null when nothing fits.",
    ),
];

/// All functions, aggregates first.
pub fn functions() -> &'static [FunctionDoc] {
    FUNCTIONS
}
