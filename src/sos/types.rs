//! Types: `dumpmt`, `dumpclass`, `name2ee`.

use super::Translation;
use super::arguments::Arguments;
use super::text::{self, literal};
use super::words::{WORD, WordDoc, flag, not_yet};
use crate::query::Diagnostic;

/// What is shown of a type.
const COLUMNS: &str =
    "type, mt, class, kind, module, token, parent, base_size, element_size, fields, statics, finalizable";

pub(super) const WORDS: &[WordDoc] = &[
    WordDoc {
        word: "dumpmt",
        usage: "dumpmt MT [-all]",
        summary: "What the runtime knows of the type with a MethodTable: name, EEClass, module, token, sizes; with -all its \
                  fields too.",
        switches: &[
            flag("-all", "Its fields too."),
            not_yet(flag(
                "-md",
                "the methods of a type are a table to come; `dumpmt -all MT` lists its fields",
            )),
        ],
        operands: (1, 1),
        examples: &[
            (
                "dumpmt 7f0e08a78428",
                &[
                    "select type, mt, class, kind, module, token, parent, base_size, element_size, fields, statics, finalizable \
                   from loaded_types where mt = 0x7f0e08a78428",
                ],
            ),
            (
                "dumpmt -all 7f0e08a78428",
                &[
                    "select type, mt, class, kind, module, token, parent, base_size, element_size, fields, statics, finalizable \
                     from loaded_types where mt = 0x7f0e08a78428",
                    "select offset, field_type, static, name, declared_in from fields where mt = 0x7f0e08a78428",
                ],
            ),
        ],
        translate: dumpmt,
        ..WORD
    },
    WordDoc {
        word: "dumpclass",
        usage: "dumpclass EECLASS",
        summary: "The types that share an EEClass, and the fields of the first of them.",
        operands: (1, 1),
        examples: &[(
            "dumpclass 7f0e0899ffb0",
            &[
                "select type, mt, class, kind, module, token, parent, base_size, element_size, fields, statics, finalizable \
                 from loaded_types where class = 0x7f0e0899ffb0",
                "select offset, field_type, static, name, declared_in from fields \
                 where mt in (select mt from loaded_types where class = 0x7f0e0899ffb0 limit 1)",
            ],
        )],
        translate: dumpclass,
        ..WORD
    },
    WordDoc {
        word: "name2ee",
        usage: "name2ee MODULE!TYPE, name2ee MODULE TYPE or name2ee *!TYPE",
        summary: "The MethodTable and the EEClass of a type, by its name: in a module (with its extension or without), or with \
                  `*` in all of them.",
        operands: (1, 16),
        examples: &[
            (
                "name2ee testwebapi.dll!testwebapi.Controllers.Customer",
                &["select type, mt, class, module, token from loaded_types \
                   where type = 'testwebapi.Controllers.Customer' and module = 'testwebapi.dll'"],
            ),
            (
                "name2ee System.Private.CoreLib System.String",
                &["select type, mt, class, module, token from loaded_types where type = 'System.String' \
                   and module in ('System.Private.CoreLib', 'System.Private.CoreLib.dll', 'System.Private.CoreLib.exe')"],
            ),
            (
                "name2ee *!System.String",
                &["select type, mt, class, module, token from loaded_types where type = 'System.String'"],
            ),
        ],
        translate: name2ee,
        ..WORD
    },
    WordDoc {
        word: "token2ee",
        usage: "token2ee MODULE TOKEN",
        summary: "The MethodTables of the type that a module defines under a TypeDef token; `*` for all modules.",
        operands: (2, 2),
        examples: &[(
            "token2ee testwebapi.dll 0200000b",
            &[
                "select type, mt, class, module, token from loaded_types where token = '0x0200000b' and module = 'testwebapi.dll'",
            ],
        )],
        translate: token2ee,
        ..WORD
    },
    WordDoc {
        word: "dumpruntimetypes",
        usage: "dumpruntimetypes",
        summary: "The objects of System.RuntimeType, with the types that they stand for.",
        examples: &[("dumpruntimetypes", &[RUNTIME_TYPES])],
        translate: |_| Ok(Translation::one(RUNTIME_TYPES)),
        ..WORD
    },
];

/// The objects that stand for types.
const RUNTIME_TYPES: &str = "select r.address, t.mt, t.type from System.RuntimeType r \
     left join loaded_types t on t.mt = r.m_handle";

fn of_type(condition: &str) -> String {
    format!("select {COLUMNS} from loaded_types where {condition}")
}

fn fields(condition: &str) -> String {
    format!("select offset, field_type, static, name, declared_in from fields where {condition}")
}

fn dumpmt(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let condition = format!("mt = {}", text::address(arguments.required_address(0)?));
    let fields = arguments.has("-all").then(|| fields(&condition));
    Ok(Translation::of([of_type(&condition)].into_iter().chain(fields)))
}

fn dumpclass(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let condition = format!("class = {}", text::address(arguments.required_address(0)?));
    let first = format!("mt in (select mt from loaded_types where {condition} limit 1)");
    Ok(Translation::of([of_type(&condition), fields(&first)]))
}

fn name2ee(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    // Names of generic types have blanks in them.
    let all: Vec<&str> = arguments.operands().iter().map(|piece| piece.text.as_str()).collect();
    let all = all.join(" ");
    let split = all.split_once('!').or_else(|| all.split_once(' '));
    let Some((module, name)) = split.filter(|(module, name)| !module.is_empty() && !name.is_empty()) else {
        let span =
            arguments.operands().first().map_or(arguments.word().span.clone(), |piece| piece.span.clone());
        return Err(Diagnostic::new(span, "`name2ee` takes a module and a type")
            .expected("MODULE!TYPE, MODULE TYPE or *!TYPE"));
    };
    // Listings spell nested types with a plus, metadata with a slash.
    let mut condition = format!("type = {}", literal(&name.replace('/', "+")));
    condition.push_str(&of_module(module));
    Ok(Translation::one(format!("select type, mt, class, module, token from loaded_types where {condition}")))
}

fn token2ee(arguments: &Arguments) -> Result<Translation, Diagnostic> {
    let module = arguments.operands().first().map(|piece| piece.text.as_str()).unwrap_or_default();
    let token = arguments.required_address(1)?;
    Ok(Translation::one(format!(
        "select type, mt, class, module, token from loaded_types where token = '0x{token:08x}'{}",
        of_module(module)
    )))
}

/// The condition behind others of what a module defines, the name with its extension or without; of any for `*`.
fn of_module(module: &str) -> String {
    let has_extension = [".dll", ".exe"].iter().any(|end| module.to_ascii_lowercase().ends_with(end));
    if has_extension {
        format!(" and module = {}", literal(module))
    } else if module != "*" {
        let names = ["", ".dll", ".exe"].map(|end| literal(&format!("{module}{end}")));
        format!(" and module in ({})", names.join(", "))
    } else {
        String::new()
    }
}
