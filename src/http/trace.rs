//! What happens around every request: its trace (W3C Trace Context), the
//! headers that every answer carries, the problem's body, one log line, and
//! the metrics.

use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use data_encoding::HEXLOWER;
use uuid::Uuid;

use super::service::Service;
use crate::database::as_one_request;
use crate::problem::{Code, Problem};

/// The version of the API, as `API-Version` and in api-info.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The trace that a request belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// 32 hexadecimal digits.
    pub id: String,
    /// The `traceparent` that the answer carries.
    pub parent: String,
}

impl Trace {
    /// Takes up the trace of the caller, or begins one when there is none or
    /// it is not well-formed.
    pub fn take_up(headers: &HeaderMap) -> Self {
        let given = headers
            .get("traceparent")
            .and_then(|value| value.to_str().ok())
            .and_then(trace_of);
        let mut random = [0; 24];
        if let Err(error) = getrandom::fill(&mut random) {
            tracing::error!(%error, "no random bits for a trace");
        }
        let random = HEXLOWER.encode(&random);
        let (span, begun) = random.split_at(16);
        let (id, flags) = given.unwrap_or_else(|| (begun.to_owned(), "01"));
        let parent = format!("00-{id}-{span}-{flags}");
        Self { id, parent }
    }
}

/// The trace id in a `traceparent`, if it is one, and whether the caller keeps
/// the trace: `01` or `00`, as the flags of the answer.
fn trace_of(header: &str) -> Option<(String, &'static str)> {
    let parts: Vec<&str> = header.split('-').collect();
    let [version, id, span, flags, ..] = parts.as_slice() else {
        return None;
    };
    let hex = |text: &str, length: usize| {
        text.len() == length
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let zero = |text: &str| text.bytes().all(|b| b == b'0');
    let known = *version != "00" || parts.len() == 4;
    let well_formed = hex(version, 2) && hex(id, 32) && hex(span, 16) && hex(flags, 2);
    if !known || !well_formed || *version == "ff" || zero(id) || zero(span) {
        return None;
    }
    let sampled = u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1);
    Some(((*id).to_owned(), if sampled { "01" } else { "00" }))
}

/// Left with an answer whose body is as it is to be sent, also where it is a problem's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole;

/// The id of the key that the caller was found to have, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerKey(pub Uuid);

/// The path of the route that a request has found, with `{parameters}`, for the
/// metrics. (actix can tell it, too, but goes through all routes again for it.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutePath(pub String);

/// The middleware around every request.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let trace = Trace::take_up(request.headers());
    request.extensions_mut().insert(trace.clone());
    let Some(service) = request.app_data::<Data<Service>>().cloned() else {
        return Err(Problem::internal().into());
    };
    let seen = Seen::of(&request);
    let answered = as_one_request(next.call(request)).await?;
    let answered = answered.map_into_boxed_body();
    let answered = finish(answered, &service, &trace, &seen.path);
    report(&answered, &service, &trace, &seen, begun.elapsed());
    Ok(answered)
}

/// What of the request is wanted after it has been answered.
struct Seen {
    path: String,
    method: Method,
    agent: String,
}

impl Seen {
    fn of(request: &ServiceRequest) -> Self {
        let agent = request
            .headers()
            .get(header::USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Self {
            path: shown(request.path()),
            method: request.method().clone(),
            agent: shown(&agent.unwrap_or_default()),
        }
    }
}

/// A client's text as it may be shown: without control characters and line
/// ends, and without what looks like a key, which a client may have put where
/// it does not belong.
pub(super) fn shown(text: &str) -> String {
    let mut parts = text.split("mb_");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c));
        shown.push_str("mb_…");
        shown.push_str(rest);
    }
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    shown.replace(breaks, "\u{fffd}")
}

/// Gives an answer its problem body, if it is one, and the shared headers.
fn finish(
    answered: ServiceResponse<BoxBody>,
    service: &Service,
    trace: &Trace,
    path: &str,
) -> ServiceResponse<BoxBody> {
    let status = answered.status();
    let failed = status.is_client_error() || status.is_server_error();
    let whole = answered.response().extensions().contains::<Whole>();
    let mut answered = if failed && !whole {
        let told = answered.response().extensions().get::<Problem>().cloned();
        let problem = told.unwrap_or_else(|| unexplained(status));
        let body = problem.body(&service.api_root, path, &trace.id);
        answered.map_body(|head, _| {
            head.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/problem+json"),
            );
            head.headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            BoxBody::new(serde_json::to_vec(&body).unwrap_or_default())
        })
    } else {
        answered
    };
    let headers = answered.headers_mut();
    let varies = headers.get(header::VARY).cloned();
    for (name, value) in SHARED_HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    // What an answer depends on besides.
    if let Some(more) = varies {
        headers.append(header::VARY, more);
    }
    if let Ok(value) = HeaderValue::from_str(&trace.parent) {
        headers.insert(HeaderName::from_static("traceparent"), value);
    }
    answered
}

const SHARED_HEADERS: [(&str, &str); 5] = [
    ("api-version", API_VERSION),
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "ETag, Link, Location, API-Version, Changes-Cursor, Content-Disposition, Retry-After, traceparent",
    ),
    ("vary", "Accept, Accept-Encoding"),
    ("x-content-type-options", "nosniff"),
];

/// A problem for a refusal that the server below us made.
fn unexplained(status: StatusCode) -> Problem {
    let code = Code::ALL
        .iter()
        .copied()
        .find(|code| code.status() == status.as_u16());
    match code {
        Some(code) => Problem::new(code, code.title()),
        None if status.is_server_error() => Problem::internal(),
        None => Problem::new(Code::BadRequest, "the request cannot be read"),
    }
}

/// One log line and one figure. Text goes in as text, which both formats quote
/// and escape, so nothing that a client sends can begin a line of its own.
fn report(
    answered: &ServiceResponse<BoxBody>,
    service: &Service,
    trace: &Trace,
    seen: &Seen,
    took: Duration,
) {
    let route = answered.request().app_data::<RoutePath>();
    let route = route.map_or("unmatched", |route| &route.0);
    let status = answered.status().as_u16();
    let writer = answered
        .request()
        .extensions()
        .get::<CallerKey>()
        .map(|key| key.0.to_string());
    service
        .metrics
        .answered(route, known_method(&seen.method), status, took);
    tracing::info!(
        target: "malbild::request",
        method = seen.method.as_str(),
        path = seen.path,
        status,
        took_ms = (took.as_secs_f64() * 1e6).round() / 1e3,
        trace_id = trace.id,
        key_id = writer,
        agent = seen.agent,
        "answered"
    );
}

/// A method's name as a label: a client must not make new labels.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// The answer for a path that is not there.
pub async fn unknown_path() -> HttpResponse {
    Problem::new(
        Code::UnknownPath,
        "there is no such path; the OpenAPI document lists them",
    )
    .error_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_key_is_not_shown() {
        assert_eq!(shown("/a/mb_Abc-9_/b mb_x"), "/a/mb_…/b mb_…");
        assert_eq!(shown("/malbild/v1"), "/malbild/v1");
        assert_eq!(shown("a\u{85}b\tc"), "a\u{fffd}b\u{fffd}c");
    }

    #[test]
    fn a_well_formed_trace_is_taken_up_and_another_is_not() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(
            trace_of(&format!("00-{id}-00f067aa0ba902b7-01")),
            Some((id.to_owned(), "01"))
        );
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(trace_of(wrong), None, "{wrong}");
        }
    }
}
