//! The variables of the environment that a process was started with.
//!
//! The kernel leaves them at the far end of the first thread's stack: the pointers to the arguments, a null, the pointers to the
//! variables, a null, and the auxiliary vector, of which the core has a copy. So where the stack shows that copy, the variables
//! stand before it. Minidumps have neither.
//!
//! Source: `create_elf_tables` in `fs/binfmt_elf.c` of Linux; `getauxval(3)` for the kinds of entries.

use crate::bytes::Addr;
use crate::limits::{MAX_ENVIRONMENT_VARIABLES, MAX_VARIABLE_BYTES};

use super::{AddressSpace, Dump};

/// Entries of the auxiliary vector whose values point to what lies behind it on the stack: random bytes, the platform's name, the
/// program's path.
const ON_STACK: [u64; 3] = [25, 15, 31];
/// How far before those the vector is looked for: between them is what aligns them.
const MOST_BETWEEN: u64 = 64 << 10;
/// Entries that must be alike: the vector has some twenty.
const ENTRIES_COMPARED: usize = 4;

impl Dump {
    /// The variables of the environment as the process was started, `NAME=VALUE`; none where the dump does not tell. What the
    /// program has changed since is not among them.
    pub fn environment(&self) -> Vec<String> {
        let Some(vector) = self.vector_on_stack() else { return Vec::new() };
        let mut place = vector.0.wrapping_sub(8);
        let mut variables = Vec::new();
        // What stands right before the vector ends the variables.
        if self.memory.u64(Addr(place)) != Ok(0) {
            return variables;
        }
        while variables.len() < MAX_ENVIRONMENT_VARIABLES {
            place = place.wrapping_sub(8);
            match self.memory.pointer(Addr(place)) {
                Ok(variable) if !variable.is_null() => variables.extend(text(&self.memory, variable)),
                _ => break,
            }
        }
        variables.reverse();
        variables
    }

    /// Where the stack has the auxiliary vector.
    fn vector_on_stack(&self) -> Option<Addr> {
        let start = self.auxv.get(..ENTRIES_COMPARED)?;
        let behind =
            self.auxv.iter().filter(|(kind, _)| ON_STACK.contains(kind)).map(|entry| entry.1).min()?;
        let is_start = |at: u64| {
            let entries = (at..).step_by(16).zip(start);
            entries.into_iter().all(|(at, &(kind, value))| {
                self.memory.u64(Addr(at)) == Ok(kind)
                    && self.memory.u64(Addr(at.wrapping_add(8))) == Ok(value)
            })
        };
        let nearest = behind & !7;
        let places = (nearest.saturating_sub(MOST_BETWEEN)..=nearest).rev().step_by(8);
        places.into_iter().find(|&at| is_start(at)).map(Addr)
    }
}

/// The text at `at` up to its 0; `None` where it does not end in time, or is not in the dump.
fn text(memory: &AddressSpace, at: Addr) -> Option<String> {
    let run = memory.run_at(at).ok()?;
    let bytes = run.bytes.get(..MAX_VARIABLE_BYTES).unwrap_or(run.bytes);
    let end = bytes.iter().position(|&byte| byte == 0)?;
    Some(String::from_utf8_lossy(bytes.get(..end)?).into_owned())
}

#[cfg(test)]
mod tests {
    use crate::bytes::Mapped;
    use crate::dump::Dump;
    use crate::synth::{Memory, elf_core::Note};

    const STACK: u64 = 0x7ffc_0000_0000;
    const VECTOR: u64 = STACK + 0x800;
    const RANDOM: u64 = STACK + 0xf00;

    fn dump(variables: &[&str], random: u64) -> Dump {
        let mut memory = Memory::default();
        memory.map(STACK, vec![0; 0x1000]);
        let vector = [(33, 7), (51, 8), (16, 9), (25, random), (0, 0)];
        for (number, (kind, value)) in vector.into_iter().enumerate() {
            memory.write_u64(VECTOR + 16 * number as u64, kind);
            memory.write_u64(VECTOR + 16 * number as u64 + 8, value);
        }
        let mut texts = RANDOM + 0x10;
        for (number, variable) in variables.iter().rev().enumerate() {
            memory.write(texts, variable.as_bytes());
            memory.write_u64(VECTOR - 16 - 8 * number as u64, texts);
            texts += variable.len() as u64 + 1;
        }
        let core = memory.into_core().note(&Note::auxiliary_vector(&vector));
        Dump::parse(Mapped::Memory(core.build())).unwrap()
    }

    #[test]
    fn variables_stand_before_the_auxiliary_vector() {
        let variables = ["PATH=/bin", "DOTNET_gcServer=1"];
        assert_eq!(dump(&variables, RANDOM).environment(), variables);
        assert_eq!(dump(&[], RANDOM).environment(), [""; 0]);
    }

    #[test]
    fn a_dump_without_that_stack_tells_none() {
        assert_eq!(dump(&["PATH=/bin"], 0x1000).environment(), [""; 0]);
    }
}
