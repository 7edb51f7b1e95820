//! GC info of methods, written bit by bit from a plan that says what is live where.
//!
//! Source of the numbers: `src/coreclr/gcinfo/gcinfoencoder.cpp` and `src/coreclr/inc/gcinfotypes.h` of dotnet/runtime v8.0
//! to v10.0.

use std::ops::Range;

/// A slot of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlannedSlot {
    /// A register, and its flags: 1 interior, 2 pinned.
    Register(u8, u32),
    /// A place on the stack: base (0 caller's stack pointer, 1 stack pointer, 2 frame register), offset in bytes, flags.
    Stack(u32, i32, u32),
}

/// Where a method tells what is live.
#[derive(Clone, Debug)]
pub enum Told {
    /// At the offsets of calls: for each, which tracked slots are live.
    SafePoints(Vec<(u32, Vec<bool>)>),
    /// Within ranges: for each tracked slot, the offsets at which it is live.
    Ranges(Vec<Range<u32>>, Vec<Vec<Range<u32>>>),
}

/// How sets of slots are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sets {
    /// A bit for each slot; safe points have theirs one after the other.
    Plain,
    /// A bit for each slot; safe points share theirs.
    Shared,
    /// Runs, with the wider numbers for dead slots.
    DeadRuns,
    /// Runs, with the wider numbers for live slots.
    LiveRuns,
}

/// A method of which GC info is written.
#[derive(Clone, Debug)]
pub struct GcInfoPlan {
    /// The version of the format: 2, 3 or 4.
    pub version: u32,
    /// Whether it is for arm64, else for x64.
    pub arm64: bool,
    /// Bytes of code.
    pub code_length: u32,
    /// The stack base register.
    pub frame_register: Option<u8>,
    /// Bytes of the outgoing area.
    pub outgoing_area: u32,
    /// Where a MethodTable stands as generic context, and with it the size of the prologue.
    pub generic_context: Option<(i32, u32)>,
    /// Whether there are a cookie, a place of the stack pointer for funclets and a frame of a reverse P/Invoke.
    pub extras: bool,
    /// Slots that are tracked: registers first, in each sort those with flags first, the others ascending.
    pub tracked: Vec<PlannedSlot>,
    /// Slots that are not, all on the stack.
    pub untracked: Vec<PlannedSlot>,
    /// What is live where.
    pub told: Told,
    /// How sets are written.
    pub sets: Sets,
}

/// Bits, the lowest of each byte first.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn bit(&mut self, bit: bool) {
        self.0.push(bit);
    }

    fn number(&mut self, value: u64, bits: u32) {
        (0..bits).for_each(|at| self.bit(value >> at & 1 == 1));
    }

    fn unsigned(&mut self, mut value: u64, width: u32) {
        loop {
            self.number(value, width);
            value >>= width;
            self.bit(value != 0);
            if value == 0 {
                return;
            }
        }
    }

    fn signed(&mut self, mut value: i64, width: u32) {
        loop {
            self.number(value as u64, width);
            let sign = value >> (width - 1) & 1;
            value >>= width;
            let done = value == -sign;
            self.bit(!done);
            if done {
                return;
            }
        }
    }

    fn align(&mut self) {
        while !self.0.len().is_multiple_of(8) {
            self.bit(false);
        }
    }

    fn bytes(mut self) -> Vec<u8> {
        self.align();
        let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
        self.0.chunks(8).map(byte).collect()
    }
}

impl GcInfoPlan {
    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bits = Bits::default();
        self.header(&mut bits);
        match &self.told {
            Told::SafePoints(points) => {
                let bias = u32::from(self.version < 4);
                let width = u64::from(self.normal(self.code_length)).next_power_of_two().ilog2();
                points.iter().for_each(|(at, _)| bits.number(self.normal(at - bias).into(), width));
            }
            Told::Ranges(ranges, _) => {
                let mut end = 0;
                for range in ranges {
                    let (from, to) = (self.normal(range.start), self.normal(range.end));
                    bits.unsigned((from - end).into(), 6);
                    bits.unsigned((to - from - 1).into(), 6);
                    end = to;
                }
            }
        }
        self.slots(&mut bits);
        if !self.tracked.is_empty() {
            match &self.told {
                Told::SafePoints(points) if !points.is_empty() => self.at_safe_points(&mut bits, points),
                Told::Ranges(ranges, live) if !ranges.is_empty() => self.in_ranges(&mut bits, ranges, live),
                _ => {}
            }
        }
        bits.bytes()
    }

    fn normal(&self, offset: u32) -> u32 {
        if self.arm64 && self.version >= 4 { offset / 4 } else { offset }
    }

    fn header(&self, bits: &mut Bits) {
        let (safe_points, ranges) = match &self.told {
            Told::SafePoints(points) => (points.len() as u64, 0),
            Told::Ranges(ranges, _) => (0, ranges.len() as u64),
        };
        let usual = if self.arm64 { 29 } else { 5 };
        let slim = ranges == 0
            && self.outgoing_area == 0
            && self.generic_context.is_none()
            && !self.extras
            && self.frame_register.is_none_or(|register| register == usual);
        let has_psp_sym = self.extras && self.version < 4;
        bits.bit(!slim);
        if slim {
            bits.bit(self.frame_register.is_some());
        } else {
            let flag = |set: bool, flag: u64| if set { flag } else { 0 };
            let flags = flag(self.extras, 0x204)
                | flag(has_psp_sym, 8)
                | flag(self.generic_context.is_some(), 0x10)
                | flag(self.frame_register.is_some(), 0x40);
            bits.number(flags, 10);
        }
        if self.version < 4 {
            bits.number(1, if slim { 2 } else { 4 });
        }
        bits.unsigned(u64::from(self.code_length) / if self.arm64 { 4 } else { 1 }, 8);
        if !slim {
            self.fat_header(bits, has_psp_sym, usual);
        }
        bits.unsigned(safe_points, if self.arm64 { 3 } else { 2 });
        if !slim {
            bits.unsigned(ranges, 1);
        }
    }

    fn fat_header(&self, bits: &mut Bits, has_psp_sym: bool, usual: u8) {
        if self.extras || self.generic_context.is_some() {
            let prologue = self.generic_context.map_or(4, |(_, prologue)| prologue);
            bits.unsigned((self.normal(prologue) - 1).into(), 5);
        }
        if self.extras {
            bits.unsigned(3, 3);
            bits.signed(-2, 6);
        }
        if has_psp_sym {
            bits.signed(-100, 6);
        }
        if let Some((offset, _)) = self.generic_context {
            bits.signed((offset / 8).into(), 6);
        }
        if let Some(register) = self.frame_register {
            bits.unsigned((register ^ usual).into(), if self.arm64 { 2 } else { 3 });
        }
        if self.extras {
            bits.signed(-7, 6);
        }
        bits.unsigned((self.outgoing_area / 8).into(), 3);
    }

    fn slots(&self, bits: &mut Bits) {
        let registers: Vec<(u8, u32)> = self.tracked.iter().filter_map(register).collect();
        let stack: Vec<(u32, i32, u32)> = self.tracked.iter().filter_map(on_stack).collect();
        let untracked: Vec<(u32, i32, u32)> = self.untracked.iter().filter_map(on_stack).collect();
        bits.bit(!registers.is_empty());
        if !registers.is_empty() {
            bits.unsigned(registers.len() as u64, if self.arm64 { 3 } else { 2 });
        }
        let has_stack = !stack.is_empty() || !untracked.is_empty();
        bits.bit(has_stack);
        if has_stack {
            bits.unsigned(stack.len() as u64, 2);
            bits.unsigned(untracked.len() as u64, 1);
        }
        let mut last = None;
        for (number, flags) in registers {
            match last {
                Some((before, 0)) => bits.unsigned(u64::from(number - before - 1), 2),
                _ => {
                    bits.unsigned(number.into(), 3);
                    bits.number(flags.into(), 2);
                }
            }
            last = Some((number, flags));
        }
        for slots in [stack, untracked] {
            let mut last = None;
            for (base, offset, flags) in slots {
                bits.number(base.into(), 2);
                match last {
                    Some((before, 0)) => bits.unsigned(((offset - before) / 8) as u64, 4),
                    _ => {
                        bits.signed((offset / 8).into(), 6);
                        bits.number(flags.into(), 2);
                    }
                }
                last = Some((offset, flags));
            }
        }
    }

    fn at_safe_points(&self, bits: &mut Bits, points: &[(u32, Vec<bool>)]) {
        bits.bit(self.sets != Sets::Plain);
        if self.sets == Sets::Plain {
            return points.iter().flat_map(|(_, live)| live).for_each(|&live| bits.bit(live));
        }
        let mut states: Vec<&[bool]> = points.iter().map(|(_, live)| &live[..]).collect();
        states.sort_unstable();
        states.dedup();
        let mut table = Bits::default();
        let starts: Vec<usize> = states
            .iter()
            .map(|state| {
                let start = table.0.len();
                self.set(&mut table, state);
                start
            })
            .collect();
        let width = usize::BITS - starts.iter().max().map_or(0, |&last| last).leading_zeros();
        let width = width.max(1);
        bits.unsigned((width - 1).into(), 3);
        for (_, live) in points {
            let at = states.binary_search(&&live[..]).expect("a state");
            bits.number(starts[at] as u64, width);
        }
        bits.align();
        bits.0.extend(table.0);
    }

    fn in_ranges(&self, bits: &mut Bits, ranges: &[Range<u32>], live: &[Vec<Range<u32>>]) {
        let offsets: Vec<u32> =
            ranges.iter().flat_map(|range| self.normal(range.start)..self.normal(range.end)).collect();
        let is_live = |slot: &Vec<Range<u32>>, offset: u32| {
            slot.iter().any(|range| (self.normal(range.start)..self.normal(range.end)).contains(&offset))
        };
        let mut before = vec![false; live.len()];
        let (mut table, mut pointers) = (Bits::default(), Vec::new());
        for chunk in offsets.chunks(64) {
            let states: Vec<Vec<bool>> =
                live.iter().map(|slot| chunk.iter().map(|&at| is_live(slot, at)).collect()).collect();
            let same = |(states, &before): (&Vec<bool>, &bool)| states.iter().all(|&state| state == before);
            if states.iter().zip(&before).all(same) {
                pointers.push(0);
                continue;
            }
            pointers.push(table.0.len() + 1);
            let changing: Vec<bool> = states.iter().map(|states| states.contains(&true)).collect();
            self.set(&mut table, &changing);
            let changing = || states.iter().filter(|states| states.contains(&true));
            changing().for_each(|states| table.bit(*states.last().expect("an offset")));
            for states in changing() {
                for at in (1..states.len()).filter(|&at| states[at] != states[at - 1]) {
                    table.bit(true);
                    table.number(at as u64, 6);
                }
                table.bit(false);
            }
            before = states.iter().map(|states| *states.last().expect("an offset")).collect();
        }
        let width = usize::BITS - pointers.iter().max().map_or(0, |&last| last).leading_zeros();
        bits.unsigned(width.into(), 3);
        pointers.iter().for_each(|&pointer| bits.number(pointer as u64, width));
        bits.align();
        bits.0.extend(table.0);
    }

    fn set(&self, bits: &mut Bits, set: &[bool]) {
        let (dead, live) = match self.sets {
            Sets::Plain | Sets::Shared => {
                bits.bit(false);
                return set.iter().for_each(|&live| bits.bit(live));
            }
            Sets::DeadRuns => (4, 2),
            Sets::LiveRuns => (2, 4),
        };
        bits.bit(true);
        bits.bit(self.sets == Sets::LiveRuns);
        let first = set.iter().take_while(|&&live| !live).count();
        bits.unsigned(first as u64, dead);
        for run in set[first..].chunk_by(|a, b| a == b) {
            bits.unsigned(run.len() as u64 - 1, if run[0] { live } else { dead });
        }
    }
}

fn register(slot: &PlannedSlot) -> Option<(u8, u32)> {
    match *slot {
        PlannedSlot::Register(number, flags) => Some((number, flags)),
        PlannedSlot::Stack(..) => None,
    }
}

fn on_stack(slot: &PlannedSlot) -> Option<(u32, i32, u32)> {
    match *slot {
        PlannedSlot::Register(..) => None,
        PlannedSlot::Stack(base, offset, flags) => Some((base, offset, flags)),
    }
}
