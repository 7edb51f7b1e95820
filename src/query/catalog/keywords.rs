//! The words of the language.

/// A keyword and what it does.
#[derive(Clone, Copy, Debug)]
pub struct KeywordDoc {
    /// Which keyword it is.
    pub keyword: Keyword,
    /// The word, in lower case; statements may write it in any case.
    pub word: &'static str,
    /// Whether the word cannot be a name unless it stands in double quotes.
    pub reserved: bool,
    /// What it does, in one sentence.
    pub summary: &'static str,
}

macro_rules! keywords {
    ($($name:ident $word:literal $reserved:literal $summary:literal,)*) => {
        /// A keyword.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Keyword {
            $(#[doc = $summary] $name,)*
        }

        static KEYWORDS: &[KeywordDoc] = &[
            $(KeywordDoc { keyword: Keyword::$name, word: $word, reserved: $reserved, summary: $summary },)*
        ];
    };
}

keywords! {
    Select "select" true "Begins a query: the columns and expressions to show.",
    Distinct "distinct" true "After `select`: each row once. In `count(distinct x)`: each value once.",
    As "as" true "Gives a column of the answer a name; in parentheses, `(x as TYPE)`: the object where it is of that type, else null.",
    From "from" true "Names the source: a table, a type (`Zoo.Dog`, with its subclasses `Zoo.Animal+`), a function that gives rows, or a select in parentheses. Without it, `objects`.",
    Where "where" true "Keeps the rows for which a condition is true.",
    Group "group" true "`group by`: one row for each combination of the keys.",
    By "by" true "Belongs to `group by`, `order by` and `partition by`.",
    Having "having" true "Keeps the groups for which a condition is true.",
    Order "order" true "`order by`: sorts; nulls come last, equal rows keep the table's order.",
    Asc "asc" true "Smallest first; what `order by` does by itself.",
    Desc "desc" true "Biggest first.",
    Limit "limit" true "Keeps so many rows.",
    Offset "offset" false "After `limit`: leaves out so many rows before.",
    And "and" true "True where both sides are.",
    Or "or" true "True where one of the sides is.",
    Not "not" true "True where the condition is false; also `not like`, `not in`, `not between`, `is not null`.",
    Like "like" true "Compares text with a pattern: % is any run of characters, _ is one character.",
    Escape "escape" true "After a `like` pattern: the character that makes the next one an ordinary one.",
    In "in" true "True where the value is in a list or among the values of a select of one column.",
    Between "between" true "`x between a and b`: from a to b, both included.",
    Is "is" true "`is null`; `x is TYPE`: whether the object is of that type or of one that derives from it; both with `not` too.",
    Null "null" true "No value: unknown, missing from the dump, or not applicable.",
    True "true" true "The truth value true.",
    False "false" true "The truth value false.",
    With "with" false "`with NAME as (SELECT)` before a select: gives a select a name, to be a source under it; later ones see earlier ones.",
    Union "union" true "Between two selects: the rows of both, each once; `union all` keeps all, those of the first before.",
    Except "except" true "Between two selects: the rows of the first that the second does not have, each once.",
    Intersect "intersect" true "Between two selects: the rows that both have, each once; binds tighter than `union` and `except`.",
    All "all" false "After `union`: rows may occur more than once.",
    Case "case" true "`case when CONDITION then X ... else Y end`, `case V when W then X ... else Y end`: the value behind the first `when` that is true or equal; without `else`, null.",
    When "when" false "In `case`: a condition, or a value to compare with.",
    Then "then" false "In `case`: the value where the condition before is true.",
    Else "else" false "In `case`: the value where none of the conditions is true.",
    End "end" false "Ends `case`.",
    Over "over" false "`rank() over (order by size desc)`, `sum(size) over (partition by gen)`: a function over other rows of the answer; with an order, over those up to the row and its equals.",
    Partition "partition" false "`partition by` after `over`: only the rows with the same values.",
    Let "let" false "`let NAME = SELECT`: keeps an answer, to be a source under that name.",
    Assert "assert" false "`assert CONDITION`: fails where the condition is not true of every row.",
    Analyze "analyze" false "`explain analyze SELECT`: answers a select and shows what each step took.",
    Tables "tables" false "Lists the tables.",
    Describe "describe" false "Shows the columns of a table, or what a function does.",
    Help "help" false "Lists what the language has, or tells about one word.",
    Explain "explain" false "Shows how a select would be answered, without doing it.",
    Object "object" false "Shows the fields of one object.",
    Roots "roots" false "`roots of X`: who keeps X alive.",
    Path "path" false "`path from X to Y`: a shortest path.",
    Paths "paths" false "`paths to X`: all ways from the roots to X, merged by type.",
    References "references" false "`references of X`: what X refers to.",
    Referrers "referrers" false "`referrers of X`: what refers to X.",
    Retained "retained" false "`retained by X`: what would go if X went.",
    Dominators "dominators" false "`dominators of X`: the objects that every way from the roots to X leads through.",
    Of "of" false "Belongs to `roots of`, `references of`, `referrers of`, `dominators of` and `survivors of`.",
    To "to" false "Belongs to `path from X to Y` and `paths to`.",
    Diff "diff" false "`diff SELECT`: the answers of all open dumps to a grouped select side by side.",
    Leaks "leaks" false "What looks like a leak, and why.",
    Survivors "survivors" false "`survivors of TYPE`: which objects of a type were in the dumps before.",
}

/// All keywords.
pub fn keywords() -> &'static [KeywordDoc] {
    KEYWORDS
}

impl Keyword {
    /// The entry of the keyword.
    pub fn doc(self) -> &'static KeywordDoc {
        // The list is in the order of the enum: both come out of one macro.
        &KEYWORDS[self as usize]
    }

    /// The word, in lower case.
    pub fn word(self) -> &'static str {
        self.doc().word
    }

    /// The keyword that `word` is in any case, if it is one.
    pub fn of(word: &str) -> Option<Keyword> {
        KEYWORDS.iter().find(|k| k.word.eq_ignore_ascii_case(word)).map(|k| k.keyword)
    }
}

/// Whether `word` cannot be a name without quotes.
pub(in crate::query) fn is_reserved(word: &str) -> bool {
    Keyword::of(word).is_some_and(|k| k.doc().reserved)
}
