//! The parameters of the document: what stands in paths, queries and headers.

use serde_json::json;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{KnownFormat, ObjectBuilder, Ref, RefOr, Required, SchemaFormat, Type};

use super::{Kind, named};
use crate::http::call::AS_OF;
use crate::http::list::{ListSpec, SHARED};
use crate::http::once;

/// The parameters in a path such as `/goals/{goalId}`, in order.
pub(super) fn of_path(path: &str) -> Vec<RefOr<Parameter>> {
    let names = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next());
    names
        .map(|name| {
            named::in_path(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .build()
                .into()
        })
        .collect()
}

/// The parameters of a list's query.
pub(super) fn of_list(spec: &ListSpec) -> Vec<RefOr<Parameter>> {
    let mut parameters = paging(spec.max_limit);
    for name in SHARED {
        match name {
            "sort" => parameters.push(sort(spec)),
            "fields" => parameters.push(fields(spec)),
            "page" | "limit" => {}
            other => parameters.push(query(named::in_query(spec.table, other))),
        }
    }
    parameters.push(as_of());
    let filters = spec.filters.iter();
    parameters.extend(filters.map(|name| query(named::in_query(spec.table, name))));
    parameters
}

/// The parameters of the query of a list that is only walked through.
pub(super) fn of_pages(max_limit: i64) -> Vec<RefOr<Parameter>> {
    let mut parameters = paging(max_limit);
    parameters.push(query(named::in_query("", "cursor")));
    parameters
}

fn paging(max_limit: i64) -> Vec<RefOr<Parameter>> {
    vec![
        number(
            "page",
            0,
            None,
            1,
            "The number of the page, from 1. A page out of range is empty. Not together with `cursor`.",
        ),
        number(
            "limit",
            1,
            Some(max_limit),
            20,
            "The most items in an answer.",
        ),
    ]
}

/// `asOf`, for what can be read as it was.
pub(super) fn as_of() -> RefOr<Parameter> {
    query(named::in_query("", AS_OF))
}

/// `fields`, for one thing or for the items of a list.
pub(super) fn fields(spec: &ListSpec) -> RefOr<Parameter> {
    let names = spec.field_names();
    let description = format!(
        "Only these members, in a comma list: {}. Without it, all.",
        quoted(&names)
    );
    chosen("fields", &names, "", description)
}

fn sort(spec: &ListSpec) -> RefOr<Parameter> {
    let names = spec.sort_names();
    let description = format!(
        "The order: members in a comma list, `-` before one for descending; nulls last, the key decides where they are equal. Members: {}. Without it: `{}`.",
        quoted(&names),
        spec.order.join(",")
    );
    chosen("sort", &names, "-?", description)
}

fn chosen(name: &str, names: &[&str], sign: &str, description: String) -> RefOr<Parameter> {
    let one = format!("{sign}({})", names.join("|"));
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(format!("^{one}(,{one})*$")));
    let example = names.iter().take(2).copied().collect::<Vec<_>>().join(",");
    query(
        ParameterBuilder::new()
            .name(name)
            .schema(Some(schema))
            .description(Some(description))
            .example(Some(json!(example))),
    )
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn number(
    name: &str,
    minimum: i64,
    maximum: Option<i64>,
    default: i64,
    description: &str,
) -> RefOr<Parameter> {
    let schema = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(minimum))
        .maximum(maximum)
        .default(Some(json!(default)));
    query(
        ParameterBuilder::new()
            .name(name)
            .schema(Some(schema))
            .description(Some(description))
            .example(Some(json!(default))),
    )
}

fn query(parameter: ParameterBuilder) -> RefOr<Parameter> {
    parameter
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .build()
        .into()
}

/// The header parameters, by their name in the components.
pub(super) fn headers() -> Vec<(&'static str, Parameter)> {
    vec![
        (
            "Traceparent",
            header(
                "traceparent",
                Required::False,
                TRACE,
                "The trace that the request belongs to (W3C Trace Context); taken up and answered.",
            ),
        ),
        (
            "IfNoneMatch",
            header(
                "If-None-Match",
                Required::False,
                ETAG,
                "The ETag of what the client has: 304 if it is still so.",
            ),
        ),
        (
            "IfMatch",
            header(
                "If-Match",
                Required::True,
                ETAG,
                "The ETag of what was read, of all its members: 412 if it has changed since, 428 without it.",
            ),
        ),
        (
            "IfMatchToReplace",
            header(
                "If-Match",
                Required::False,
                ETAG,
                "The ETag of what was read, of all its members. Needed to replace what is there (428 without it); left out to create. 412 if it has changed since or is gone.",
            ),
        ),
        (
            "IfMatchIfSent",
            header(
                "If-Match",
                Required::False,
                ETAG,
                "The ETag of what was read, of all its members: 412 if it has changed since or is gone. Without it, whatever is there is written over.",
            ),
        ),
        ("IdempotencyKey", idempotency_key()),
        (
            "IfNoneMatchToCreate",
            header(
                "If-None-Match",
                Required::False,
                "*",
                "`*` creates only: 412 if it is there already.",
            ),
        ),
    ]
}

fn idempotency_key() -> Parameter {
    let mut parameter = header(
        "Idempotency-Key",
        Required::False,
        "8e03978e-40d5-43dd-bc93-6894a57f9324",
        "A name of the client's for this request, such as a UUID, so that it can be sent again and is done once (draft-ietf-httpapi-idempotency-key-header): for 24 hours the same request (API key, path, query and body) with the same name has the first answer, 4xx too. 409 while the first is under way, 422 for another request. What is not done for good, a 5xx or a dry run, is not kept.",
    );
    parameter.schema = Some(
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(once::LONGEST))
            .pattern(Some("^[!-~]+$"))
            .into(),
    );
    parameter
}

/// A `traceparent` in examples.
pub(super) const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// An ETag in examples.
pub(super) const ETAG: &str = "\"mF2nq0Yx3bX7yQhJc1tK\"";

fn header(name: &str, required: Required, example: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .example(Some(json!(example)))
        .build()
}

/// The header parameters of an operation of this kind.
pub(super) fn of_kind(kind: Kind) -> Vec<RefOr<Parameter>> {
    let names: &[&str] = match kind {
        Kind::List | Kind::One => &["IfNoneMatch", "Traceparent"],
        Kind::Create | Kind::Action => &["IdempotencyKey", "Traceparent"],
        Kind::Replace => &["IfMatchToReplace", "IfNoneMatchToCreate", "Traceparent"],
        Kind::Overwrite => &["IfMatchIfSent", "IfNoneMatchToCreate", "Traceparent"],
        Kind::Withdraw => &["IfMatchIfSent", "Traceparent"],
        Kind::Change | Kind::Remove => &["IfMatch", "Traceparent"],
    };
    names
        .iter()
        .map(|name| RefOr::Ref(Ref::new(format!("#/components/parameters/{name}"))))
        .collect()
}
