//! Requests that Kestrel is answering.
//!
//! A connection's `HttpProtocol` is used for one request after the other (in HTTP/2 and 3 each stream has one) and says how
//! far the one at hand got. Its host context notes when it began, where somebody listens: a log, a trace, a counter.
//!
//! Source: `HttpProtocol.cs`, `HttpProtocol.Generated.cs`, `Http1Connection.cs`, `TimeoutControl.cs` and
//! `HostingApplication.cs` of dotnet/aspnetcore v3.1 to v10.0, of aspnet/KestrelHttpServer 2.0 to 2.2.

use std::sync::Arc;

use super::{Direction, Request, RequestState};
use crate::bytes::Addr;
use crate::clr::statics::statics_of;
use crate::graph::Heap;
use crate::state::fields::{follow, number, reading, text};
use crate::state::instances::instances;
use crate::state::untold::Source;
use crate::values::{Value, Values};

/// The type that all of a server's requests derive from, and those whose objects are looked at.
const PROTOCOLS: &[&str] = &[
    "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.Http1Connection",
    "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http2.Http2Stream",
    "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http3.Http3Stream",
];
/// What tells whether they can be read.
pub(super) const SOURCE: Source<'static> = Source {
    rows: "requests to the program",
    of: PROTOCOLS[0],
    fields: STATUS,
    module: "Microsoft.AspNetCore.Server.Kestrel.Core.dll",
};
const STATUS: &[&str] = &["_requestProcessingStatus"];
/// What of the names of a status means how far a request got; all others mean that there is none.
const STATES: &[(&str, RequestState)] = &[
    ("ParsingRequestLine", RequestState::Receiving),
    ("ParsingHeaders", RequestState::Receiving),
    ("AppStarted", RequestState::Running),
    ("ResponseStarted", RequestState::Responding),
    ("HeadersCommitted", RequestState::Responding),
    ("HeadersFlushed", RequestState::Responding),
];
const METHOD_TEXT: &[&str] = &["_methodText"];
const METHOD: &[&str] = &["<Method>k__BackingField", "_method"];
const PATH: &[&str] = &["<Path>k__BackingField"];
const QUERY: &[&str] = &["<QueryString>k__BackingField"];
const REQUEST_ID: &[&str] = &["_requestId"];
const CONNECTION_ID: &[&str] = &["<ConnectionIdFeature>k__BackingField", "_connectionId"];
const REQUESTS_BEFORE: &[&str] = &["_requestCount"];
const CONNECTION: &[&str] = &["_context"];
const REMOTE_ADDRESS: &[&str] = &["<RemoteIpAddress>k__BackingField"];
const REMOTE_PORT: &[&str] = &["<RemotePort>k__BackingField"];

/// What the host keeps for a request, in a field whose name contains this; and in that its beginning and its trace.
const HOST_CONTEXT: &str = "HostContext>k__BackingField";
const STARTED: &[&str] = &["<StartTimestamp>k__BackingField"];
const ACTIVITY_FEATURE: &[&str] = &["HttpActivityFeature", "<HttpActivityFeature>k__BackingField"];
const ACTIVITY: &[&str] = &["<Activity>k__BackingField"];
const ACTIVITY_START: &[&str] = &["<StartTimeUtc>k__BackingField"];
const TRACE: &[&str] = &["_traceId"];

/// What notes every second how late it is, in the unit of `Stopwatch`: since 8.0, where time has a provider.
const TIMEOUTS: &str = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Infrastructure.TimeoutControl";
const TIMEOUTS_NOTED: &[&str] = &["_lastTimestamp"];
const TIMEOUTS_PROVIDER: &[&str] = &["_timeProvider"];

/// The requests that are being answered, in the order of their objects. `latest_moment` is the latest that the process noted,
/// in milliseconds.
pub(super) fn requests(
    values: &Values,
    heap: &Heap,
    latest_moment: impl FnOnce() -> Option<u64>,
) -> Vec<Request> {
    let is_protocol = |name: &str| {
        PROTOCOLS
            .iter()
            .any(|of| name.strip_prefix(of).is_some_and(|rest| matches!(rest.as_bytes(), [] | [b'<', ..])))
    };
    let mut objects: Vec<Addr> =
        instances(heap, |_, of| is_protocol(&of.name)).iter().map(|instance| instance.address).collect();
    objects.sort_unstable();
    let under_way: Vec<(Addr, RequestState)> =
        objects.into_iter().filter_map(|object| Some((object, state(values, object)?))).collect();
    if under_way.is_empty() {
        return Vec::new();
    }
    let now = Now::of(values, heap, latest_moment());
    under_way.into_iter().map(|(object, state)| request(values, object, state, now.as_ref())).collect()
}

fn state(values: &Values, protocol: Addr) -> Option<RequestState> {
    let status = reading(values, protocol, STATUS)?;
    STATES.iter().find(|(name, _)| *name == status).map(|(_, state)| *state)
}

fn request(values: &Values, protocol: Addr, state: RequestState, now: Option<&Now>) -> Request {
    let method = text(values, protocol, METHOD_TEXT).filter(|method| !method.is_empty());
    let method = method.or_else(|| reading(values, protocol, METHOD).map(|method| method.to_uppercase()));
    let context = host_context(values, protocol);
    let activity =
        context.and_then(|context| follow(values, follow(values, context, ACTIVITY_FEATURE)?, ACTIVITY));
    let started = context.and_then(|context| number(values, context, STARTED));
    Request {
        address: protocol,
        direction: Direction::In,
        state,
        // Before its first line is read the names of the request before stand there.
        method: method.filter(|method| method != "NONE").map(Arc::from),
        path: text(values, protocol, PATH),
        query: text(values, protocol, QUERY).filter(|query| query.len() > 1),
        peer: peer(values, protocol),
        start: activity.and_then(|activity| reading(values, activity, ACTIVITY_START)),
        running_ms: now.zip(started).and_then(|(now, started)| now.since(started)),
        id: text(values, protocol, REQUEST_ID).or_else(|| numbered_id(values, protocol)),
        trace: activity.and_then(|activity| text(values, activity, TRACE)),
        connection: follow(values, protocol, CONNECTION),
    }
}

/// The id that a request gets when somebody asks for it: its connection's, and its number there.
fn numbered_id(values: &Values, protocol: Addr) -> Option<String> {
    let connection = text(values, protocol, CONNECTION_ID)?;
    let number = number(values, protocol, REQUESTS_BEFORE)?;
    Some(format!("{connection}:{number:08X}"))
}

fn host_context(values: &Values, protocol: Addr) -> Option<Addr> {
    let description = values.types().description(values.types().type_of(protocol).ok()?);
    // An explicit implementation: the name begins with that of the interface.
    let field = description.fields.iter().find(|field| field.name.ends_with(HOST_CONTEXT))?;
    follow(values, protocol, &[&field.name])
}

fn peer(values: &Values, protocol: Addr) -> Option<String> {
    let address = reading(values, protocol, REMOTE_ADDRESS)?;
    let port = number(values, protocol, REMOTE_PORT)?;
    Some(if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") })
}

/// The latest moment that is known of.
struct Now {
    /// In the unit of `Stopwatch`.
    ticks: i128,
    ticks_a_second: i128,
}

impl Now {
    /// `None` where nothing tells the unit of `Stopwatch`, or no moment.
    fn of(values: &Values, heap: &Heap, latest_ms: Option<u64>) -> Option<Now> {
        let ticks_a_second = stopwatch_frequency(values)?;
        let timeouts = instances(heap, |_, of| &*of.name == TIMEOUTS);
        let noted = timeouts.iter().filter_map(|instance| {
            follow(values, instance.address, TIMEOUTS_PROVIDER)?;
            number(values, instance.address, TIMEOUTS_NOTED)
        });
        let latest = latest_ms.map(|ms| i128::from(ms) * ticks_a_second / 1000);
        Some(Now { ticks: noted.chain(latest).max()?, ticks_a_second })
    }

    /// The milliseconds from `started` on; `None` for a moment that was not noted.
    fn since(&self, started: i128) -> Option<u64> {
        let ticks = self.ticks.checked_sub(started).filter(|_| started > 0)?;
        u64::try_from(ticks.max(0).checked_mul(1000)? / self.ticks_a_second).ok()
    }
}

fn stopwatch_frequency(values: &Values) -> Option<i128> {
    let stopwatch = values.types().named("System.Diagnostics.Stopwatch");
    let slots = statics_of(values.types(), &stopwatch);
    let slot = slots.iter().find(|slot| &*slot.field.name == "Frequency")?;
    match values.read(slot.address.ok()?, &slot.field.field_type.shape).ok()? {
        Value::Integer(frequency) => Some(frequency).filter(|frequency| *frequency > 0),
        _ => None,
    }
}
