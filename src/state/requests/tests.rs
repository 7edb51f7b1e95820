use super::*;
use crate::graph::build_heap;
use crate::progress::NoProgress;
use crate::synth::{Holds, Kennel, element};
use crate::values::synthetic::{class, define, kennel, values};

fn read(kennel: Kennel) -> Vec<Request> {
    let values = values(kennel.process);
    let heap = build_heap(values.types().runtime(), &NoProgress).unwrap();
    let (requests, problems) = requests(&values, &heap);
    assert!(problems.is_empty(), "{problems:?}");
    requests
}

#[test]
fn an_address_has_a_host_a_path_and_a_query() {
    let told = |uri| {
        let (host, path, query) = parts(uri);
        format!("{} {path} {}", host.unwrap_or_default(), query.unwrap_or_default())
    };
    assert_eq!(told("https://shop.test:8080/orders/7?full=1&x=?"), "shop.test:8080 /orders/7 ?full=1&x=?");
    assert_eq!(told("http://shop.test?q"), "shop.test  ?q");
    assert_eq!(told("http://shop.test"), "shop.test  ");
    assert_eq!(told("/orders?"), " /orders ");
    assert_eq!(told(""), "  ");
}

#[test]
fn a_connection_between_two_requests_has_none() {
    let mut kennel = kennel();
    let status = define(&mut kennel.process, "Server.RequestProcessingStatus");
    let names = [("RequestPending", 0), ("ParsingHeaders", 2), ("AppStarted", 3), ("HeadersFlushed", 5)];
    kennel.process.enumeration(status, element::U1, &names);
    let method = define(&mut kennel.process, "Server.HttpMethod");
    kennel.process.enumeration(method, element::U1, &[("Get", 0), ("Post", 3), ("None", 255)]);
    let fields = [
        ("<Path>k__BackingField", 0, Holds::String),
        ("<QueryString>k__BackingField", 8, Holds::String),
        ("<ConnectionIdFeature>k__BackingField", 16, Holds::String),
        ("_requestCount", 24, Holds::Number(element::I4)),
        ("_requestProcessingStatus", 28, Holds::Enum(status, element::U1)),
        ("<Method>k__BackingField", 29, Holds::Enum(method, element::U1)),
    ];
    let name = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.Http1Connection";
    let of = class(&mut kennel.process, name, 32, &fields);
    let [path, query, empty, id] = ["/orders/7", "?full=1", "", "0HN1"].map(|text| kennel.string(text));
    let mut connection = |query, status: u64, method: u64| {
        kennel.object(of, &[path, query, id, 26 | status << 32 | method << 40]);
    };
    connection(query, 3, 3);
    connection(query, 0, 0);
    connection(empty, 5, 0);
    connection(empty, 2, 255);
    let told: Vec<String> = read(kennel)
        .iter()
        .map(|request| {
            let text = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
            let (method, id) = (request.method.as_deref().unwrap_or("-"), text(&request.id));
            format!("{} {method} {} {} {id}", request.state.word(), text(&request.path), text(&request.query))
        })
        .collect();
    let expected = [
        "running POST /orders/7 ?full=1 0HN1:0000001A",
        "responding GET /orders/7 - 0HN1:0000001A",
        "receiving - /orders/7 - 0HN1:0000001A",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_request_out_is_told_while_a_connection_is_at_it() {
    let mut kennel = kennel();
    let process = &mut kennel.process;
    let method = class(process, "System.Net.Http.HttpMethod", 8, &[("_method", 0, Holds::String)]);
    let uri = class(process, "System.Uri", 8, &[("_string", 0, Holds::String)]);
    let fields = [("_method", 0, Holds::Object), ("_requestUri", 8, Holds::Object)];
    let message = class(process, "System.Net.Http.HttpRequestMessage", 16, &fields);
    let fields = [("_currentRequest", 0, Holds::Object)];
    let connection = class(process, "System.Net.Http.HttpConnection", 8, &fields);
    let [put, to] = ["PUT", "http://shop.test/cart?n=1"].map(|text| kennel.string(text));
    let (put, to) = (kennel.object(method, &[put]), kennel.object(uri, &[to]));
    let sent = kennel.object(message, &[put, to]);
    // One that was answered: nothing holds it any more.
    kennel.object(message, &[put, to]);
    let at_it = kennel.object(connection, &[sent]);
    kennel.object(connection, &[0]);
    let read = read(kennel);
    let [request] = &read[..] else { panic!("{read:?}") };
    assert_eq!((request.address.0, request.connection), (sent, Some(Addr(at_it))));
    assert_eq!((request.direction.word(), request.state.word()), ("out", "sent"));
    assert_eq!((request.method.as_deref(), request.peer.as_deref()), (Some("PUT"), Some("shop.test")));
    assert_eq!((request.path.as_deref(), request.query.as_deref()), (Some("/cart"), Some("?n=1")));
}
