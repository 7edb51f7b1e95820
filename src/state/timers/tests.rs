use super::*;
use crate::graph::build_heap;
use crate::progress::NoProgress;
use crate::synth::{Holds, Kennel, element};
use crate::values::synthetic::{class, kennel, values};

/// The timers of a process.
fn read(kennel: Kennel) -> Vec<Timer> {
    let values = values(kennel.process);
    let heap = build_heap(values.types().runtime(), &NoProgress).unwrap();
    let (timers, problems) = timers(&values, &heap);
    assert!(problems.is_empty(), "{problems:?}");
    timers
}

/// A process with timers whose fields have these names, for each of (due, period, ticks, state).
fn with_timers(names: [&str; 5], timers: &[(u32, u32, u64, u64)], mut kennel: Kennel) -> Kennel {
    let [due, period, ticks, state, callback] = names;
    let fields = [
        (state, 0, Holds::Object),
        (callback, 8, Holds::Object),
        (ticks, 16, Holds::Number(element::I8)),
        (due, 24, Holds::Number(crate::values::synthetic::element::U4)),
        (period, 28, Holds::Number(crate::values::synthetic::element::U4)),
    ];
    let of = class(&mut kennel.process, TIMER, 32, &fields);
    for &(due, period, ticks, state) in timers {
        kennel.object(of, &[state, 0, ticks, u64::from(due) | u64::from(period) << 32]);
    }
    kennel
}

const NAMES: [&str; 5] = ["_dueTime", "_period", "_startTicks", "_state", "_timerCallback"];
const OLD_NAMES: [&str; 5] = ["m_dueTime", "m_period", "m_startTicks", "m_state", "m_timerCallback"];

#[test]
fn times_that_never_come_are_none() {
    for names in [NAMES, OLD_NAMES] {
        let kennel = kennel();
        let dog = kennel.dogs[0];
        let set = [(250, 1000, 7, dog), (250, u32::MAX, 8, dog), (u32::MAX, u32::MAX, 9, 0), (5, 0, 10, 0)];
        let read = read(with_timers(names, &set, kennel));
        let times: Vec<_> = read.iter().map(|t| (t.due_ms, t.period_ms, t.started_ms)).collect();
        let expected = [
            (Some(250), Some(1000), Some(7)),
            (Some(250), None, Some(8)),
            (None, None, Some(9)),
            (Some(5), None, Some(10)),
        ];
        assert_eq!(times, expected);
        assert_eq!((read[0].target, read[0].target_type.as_deref()), (Some(Addr(dog)), Some("Zoo.Dog")));
        assert_eq!((read[2].target, &read[2].target_type), (None, &None));
    }
}

#[test]
fn what_a_timer_is_for_follows_from_what_its_callback_gets() {
    let mut kennel = kennel();
    let kinds = [
        ("System.Threading.Tasks.Task+DelayPromiseWithCancellation", "delay"),
        ("System.Threading.CancellationTokenSource", "cancel_after"),
        ("System.Threading.PeriodicTimer+State", "periodic_timer"),
        ("Shop.Cart", "timer"),
    ];
    let states = kinds.map(|(name, _)| {
        let of = class(&mut kennel.process, name, 8, &[]);
        kennel.object(of, &[0])
    });
    let read = read(with_timers(NAMES, &states.map(|state| (1, 1, 0, state)), kennel));
    assert_eq!(read.iter().map(|timer| timer.kind).collect::<Vec<_>>(), kinds.map(|(_, kind)| kind));
}

#[test]
fn a_timer_that_calls_back_for_itself_has_no_state_of_its_own() {
    let mut kennel = kennel();
    let own = class(&mut kennel.process, OF_ITSELF, 8, &[]);
    let own = kennel.object(own, &[0]);
    let read = read(with_timers(NAMES, &[(1, 1, 0, own)], kennel));
    assert_eq!((read[0].target, read[0].kind), (None, "timer"));
}
