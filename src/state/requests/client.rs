//! Requests that `HttpClient` made and that are not answered.
//!
//! A connection of HTTP/1.1 holds the request that it is at, a stream of HTTP/2 or 3 its own until it is completed. Before it has
//! a connection, a request is only in the async call that waits for one in the pool of connections.
//!
//! Source: `HttpConnection.cs`, `Http2Stream.cs`, `Http3RequestStream.cs` and `HttpConnectionPool.cs` in
//! `System.Net.Http/src/System/Net/Http/SocketsHttpHandler` of dotnet/corefx v2.1 to v3.1 and dotnet/runtime v5.0 to v10.0.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Direction, Request, RequestState, parts};
use crate::bytes::Addr;
use crate::graph::Heap;
use crate::state::fields::{follow, reading, text};
use crate::state::instances::instances;
use crate::state::tasks::{TaskState, Tasks};
use crate::state::untold::Source;
use crate::values::Values;

/// Connections and streams, with the fields of the request that they are at.
const CARRIERS: &[(&str, &[&str])] = &[
    ("System.Net.Http.HttpConnection", &["_currentRequest"]),
    ("System.Net.Http.Http2Connection+Http2Stream", &["_request"]),
    ("System.Net.Http.Http3RequestStream", &["_request"]),
];
/// Of a stream how far the answer is: it keeps its request when it is completed.
const RESPONSE: &[&str] = &["_responseCompletionState"];
const IN_PROGRESS: &str = "InProgress";

/// The methods of the pool that wait for a connection, with what their state machines call the request.
const POOL_METHODS: &[&str] = &[
    "System.Net.Http.HttpConnectionPool.SendWithVersionDetectionAndRetryAsync",
    "System.Net.Http.HttpConnectionPool.SendWithRetryAsync",
];
const POOL_REQUEST: &[&str] = &["StateMachine/request"];

const METHOD: &[&str] = &["_method", "method"];
const METHOD_TEXT: &[&str] = &["_method", "method"];
const URI: &[&str] = &["_requestUri", "requestUri"];
const URI_TEXT: &[&str] = &["_string", "m_String"];

/// What tells whether they can be read.
pub(super) const SOURCE: Source<'static> =
    Source { rows: "requests to others", of: MESSAGE, fields: URI, module: "System.Net.Http.dll" };
const MESSAGE: &str = "System.Net.Http.HttpRequestMessage";

/// The requests that are not answered, in the order of their messages.
pub(super) fn requests(values: &Values, heap: &Heap) -> Vec<Request> {
    if !heap.types.all().iter().any(|of| of.count > 0 && &*of.name == MESSAGE) {
        return Vec::new();
    }
    let mut found: BTreeMap<Addr, (RequestState, Option<Addr>)> = BTreeMap::new();
    for task in Tasks::find(values, heap).all() {
        let in_pool = task.method.as_deref().is_some_and(|method| POOL_METHODS.contains(&method));
        if in_pool
            && task.state == TaskState::WaitingForActivation
            && let Some(request) = follow(values, task.address, POOL_REQUEST)
        {
            found.insert(request, (RequestState::WaitingForConnection, None));
        }
    }
    for &(carrier, fields) in CARRIERS {
        for instance in instances(heap, |_, of| &*of.name == carrier) {
            let carrier = instance.address;
            if reading(values, carrier, RESPONSE).is_some_and(|state| state != IN_PROGRESS) {
                continue;
            }
            if let Some(request) = follow(values, carrier, fields) {
                found.insert(request, (RequestState::Sent, Some(carrier)));
            }
        }
    }
    found.into_iter().map(|(message, (state, carrier))| request(values, message, state, carrier)).collect()
}

fn request(values: &Values, message: Addr, state: RequestState, connection: Option<Addr>) -> Request {
    let method = follow(values, message, METHOD).and_then(|method| text(values, method, METHOD_TEXT));
    let uri = follow(values, message, URI).and_then(|uri| text(values, uri, URI_TEXT));
    let (peer, path, query) = uri.map_or((None, None, None), |uri| {
        let (peer, path, query) = parts(&uri);
        (peer, Some(path), query)
    });
    Request {
        address: message,
        direction: Direction::Out,
        state,
        method: method.map(Arc::from),
        path,
        query,
        peer,
        start: None,
        running_ms: None,
        id: None,
        trace: None,
        connection,
    }
}
