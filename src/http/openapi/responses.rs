//! The answers of the document: what every operation of a kind can answer.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{Header, ObjectBuilder, Ref, RefOr, Response, Responses, Type};

use super::Kind;
use super::parameters::{ETAG, TRACE};

/// Gives the successful responses of an operation their headers, and a read its 304.
/// What is not open to all is not in the feed either.
pub(super) fn complete(responses: &mut Responses, kind: Kind, restricted: bool) {
    for (status, response) in &mut responses.responses {
        if let (RefOr::T(response), true) = (response, status.starts_with('2')) {
            let mut names: Vec<&str> = match kind {
                Kind::Remove | Kind::Withdraw => Vec::new(),
                Kind::Action => vec!["Cache-Control"],
                _ => vec!["ETag", "Cache-Control"],
            };
            match (kind, status.as_str()) {
                (Kind::List, _) if restricted => names.push("Link"),
                (Kind::List, _) => names.extend(["Link", "Changes-Cursor"]),
                (_, "201") => names.push("Location"),
                _ => {}
            }
            response.headers = references(&names);
        }
    }
    if matches!(kind, Kind::List | Kind::One) {
        let reference = Ref::new("#/components/responses/NotModified");
        responses
            .responses
            .insert("304".to_owned(), reference.into());
    }
}

/// The headers of an answer by name, with those that every answer has.
pub(super) fn references(names: &[&str]) -> BTreeMap<String, RefOr<Header>> {
    let all = names.iter().copied().chain(["API-Version", "traceparent"]);
    all.map(|name| {
        let reference = Ref::new(format!("#/components/headers/{name}"));
        (name.to_owned(), RefOr::Ref(reference))
    })
    .collect()
}

/// The answer to a read whose client has it already.
pub(super) fn not_modified() -> Response {
    let mut unchanged = Response::new("Not modified: the client has it already (no body)");
    unchanged.headers = references(&["ETag", "Cache-Control"]);
    unchanged
}

/// The headers for the components.
pub(super) fn headers() -> Vec<(&'static str, Header)> {
    let of_text = [
        (
            "ETag",
            ETAG,
            "The version of this representation, for `If-None-Match`; that of a whole resource also for `If-Match`.",
        ),
        (
            "Cache-Control",
            "public, no-cache",
            "`public, no-cache` on reads: keep it and ask again with `If-None-Match`. `public, max-age=31536000, immutable` with `asOf`: it never changes. `private, no-cache` where the answer is for this reader alone. `no-store` on writes.",
        ),
        (
            "Location",
            "https://oppnadata.example.se/malbild/v1/budgets/2023",
            "The address of what was created.",
        ),
        (
            "Link",
            "<https://oppnadata.example.se/malbild/v1/goals?budgetYear=2023>; rel=\"self\"",
            "The links of the list, as in `_links` (RFC 8288).",
        ),
        (
            "Changes-Cursor",
            "AQAAAAAAAAAHf_________93Rk2hQm0Xww",
            "A place in `/changes` from which nothing is missing that this answer does not have: send it as `after`. Some of what it has may come again. Not with `asOf`.",
        ),
        (
            "Content-Disposition",
            "attachment; filename=\"malbild-2380-values-2026-11-24.csv\"",
            "With other forms than JSON: a file's name that tells what is in it, and of which day.",
        ),
        (
            "Last-Modified",
            "Tue, 24 Nov 2026 12:00:01 GMT",
            "With other forms than JSON: when anything was last changed, for `If-Modified-Since`. The ETag is more exact.",
        ),
        (
            "WWW-Authenticate",
            "Bearer realm=\"malbild\"",
            "How to authenticate (RFC 6750).",
        ),
        ("Accept", "application/json", "The types that a PUT takes."),
        (
            "Accept-Post",
            "application/json",
            "The types that a POST takes.",
        ),
        (
            "Accept-Patch",
            "application/merge-patch+json, application/json",
            "The types that a PATCH takes (RFC 5789).",
        ),
        (
            "API-Version",
            env!("CARGO_PKG_VERSION"),
            "The version of the API, MAJOR.MINOR.PATCH.",
        ),
        (
            "traceparent",
            TRACE,
            "The trace that the request was part of (W3C Trace Context).",
        ),
    ];
    let mut headers: Vec<(&str, Header)> = of_text
        .into_iter()
        .map(|(name, example, description)| {
            (name, header(Type::String, json!(example), description))
        })
        .collect();
    headers.push((
        "Retry-After",
        header(
            Type::Integer,
            json!(2),
            "After how many seconds to try again.",
        ),
    ));
    headers
}

fn header(schema_type: Type, example: Value, description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(schema_type)))
        .example(Some(example))
        .description(Some(description))
        .build()
}
