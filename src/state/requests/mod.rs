//! Requests under way: those that the program's server is answering, and those that it made to others.
//!
//! Known are the server and the client that come with .NET: Kestrel and `HttpClient` over `SocketsHttpHandler`. For how long
//! a request has been under way follows from when it began and the latest moment that anything in the process noted
//! ([`super::clock`]): it is never told too long, and short by as much as the process noted nothing before the dump.

mod client;
mod server;

use std::sync::Arc;

use super::clock::latest_moment;
use super::untold::untold;
use crate::bytes::Addr;
use crate::graph::Heap;
use crate::problem::Problem;
use crate::values::Values;

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the program.
    In,
    /// From the program to another.
    Out,
}

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestState {
    /// Its beginning is being received.
    Receiving,
    /// The program works on it, and has not answered yet.
    Running,
    /// The answer has begun.
    Responding,
    /// It waits for a connection.
    WaitingForConnection,
    /// It was sent; the answer, or the end of it, has not come.
    Sent,
}

/// A request under way.
#[derive(Clone, Debug)]
pub struct Request {
    /// The server's object for it, or the client's message.
    pub address: Addr,
    /// Where it goes.
    pub direction: Direction,
    /// How far it got.
    pub state: RequestState,
    /// Its method: `GET`.
    pub method: Option<Arc<str>>,
    /// Its path, without host and query.
    pub path: Option<String>,
    /// Its query with the `?`.
    pub query: Option<String>,
    /// The host and port that it goes to, or that it came from.
    pub peer: Option<String>,
    /// When it began, as a date in UTC; `None` where nobody noted it.
    pub start: Option<String>,
    /// For how many milliseconds it is under way, at least; `None` where nobody noted when it began.
    pub running_ms: Option<u64>,
    /// The server's number for it, of its connection and the request.
    pub id: Option<String>,
    /// Its trace id (W3C).
    pub trace: Option<String>,
    /// Its connection's object.
    pub connection: Option<Addr>,
}

impl Direction {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Direction::In => "in",
            Direction::Out => "out",
        }
    }
}

impl RequestState {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            RequestState::Receiving => "receiving",
            RequestState::Running => "running",
            RequestState::Responding => "responding",
            RequestState::WaitingForConnection => "waiting_for_connection",
            RequestState::Sent => "sent",
        }
    }
}

/// The requests under way, those to the program first, and why there may be more.
pub fn requests(values: &Values, heap: &Heap) -> (Vec<Request>, Vec<Problem>) {
    let mut requests = server::requests(values, heap, || latest_moment(values, heap));
    requests.extend(client::requests(values, heap));
    let problems =
        [server::SOURCE, client::SOURCE].into_iter().filter_map(|source| untold(values, heap, source));
    (requests, problems.collect())
}

/// The host, the path and the query of an address of the web; all of it as the path where it is none.
fn parts(uri: &str) -> (Option<String>, String, Option<String>) {
    let (host, rest) = match uri.split_once("://") {
        Some((_, rest)) => {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            (Some(rest[..end].to_owned()), &rest[end..])
        }
        None => (None, uri),
    };
    let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
    (host, path.to_owned(), Some(query.to_owned()).filter(|query| query.len() > 1))
}

#[cfg(test)]
mod tests;
