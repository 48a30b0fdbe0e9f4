//! The parameters of the document: what stands in paths, queries and headers.

use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, Ref, RefOr, Required, Schema, SchemaFormat, Type,
};

use super::Kind;
use crate::http::list::{ListSpec, SHARED};
use crate::http::text::YEARS;

/// A parameter with all that is said of it.
struct Known {
    name: &'static str,
    description: &'static str,
    shape: Shape,
    example: &'static str,
}

/// What a parameter's value looks like.
#[derive(Clone, Copy)]
enum Shape {
    Year,
    Uuid,
    Moment,
    Boolean,
    Text,
    Pattern(&'static str),
}

const SLUG: &str = "^[a-z0-9-]{1,80}$";
const YEAR_LIST: &str = "^[0-9]{4}(,[0-9]{4})*$";
const SLUG_LIST: &str = "^[a-z0-9-]{1,80}(,[a-z0-9-]{1,80})*$";
const STATUS_LIST: &str = "^(notStarted|inProgress|completed|paused|cancelled)(,(notStarted|inProgress|completed|paused|cancelled))*$";
const KIND: &str = "^(council|executiveBoard|board|committee|company)$";
const UUID_LIST: &str = "^[0-9A-Fa-f-]{36}(,[0-9A-Fa-f-]{36})*$";

const fn known(
    name: &'static str,
    shape: Shape,
    example: &'static str,
    description: &'static str,
) -> Known {
    Known {
        name,
        description,
        shape,
        example,
    }
}

/// What stands in paths.
const IN_PATHS: &[Known] = &[
    known(
        "budgetYear",
        Shape::Year,
        "2023",
        "The year of the budget (budgetår).",
    ),
    known(
        "boardId",
        Shape::Pattern(SLUG),
        "kommunstyrelsen",
        "The key of the board (nämnd, styrelse).",
    ),
    known(
        "goalId",
        Shape::Uuid,
        GOAL,
        "The key of the goal (mål). A client may choose it by PUT; a UUIDv7 is best.",
    ),
    known(
        "assignmentId",
        Shape::Uuid,
        ASSIGNMENT,
        "The key of the assignment (uppdrag). A client may choose it by PUT; a UUIDv7 is best.",
    ),
];

/// The key of a goal in examples.
pub(super) const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
/// The key of an assignment in examples.
pub(super) const ASSIGNMENT: &str = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22";

/// What stands in queries, the same for every operation that has it.
const IN_QUERIES: &[Known] = &[
    known(
        "cursor",
        Shape::Text,
        "eyJ2IjpbMjAyM119",
        "Where to go on: the opaque value out of `_links.next` or `_links.prev`, with the other parameters unchanged. Not together with `page`.",
    ),
    known(
        "updatedSince",
        Shape::Moment,
        "2024-05-23T00:00:00Z",
        "Only what was changed at or after this moment, with any offset. A convenience: what was deleted does not show.",
    ),
    known(
        "budgetYear",
        Shape::Pattern(YEAR_LIST),
        "2023,2024",
        "Only of these budget years (budgetår), in a comma list.",
    ),
    known(
        "boardId",
        Shape::Pattern(SLUG_LIST),
        "kommunstyrelsen",
        "Only of these boards (nämnder), in a comma list. Assignments: those that name the board and those that are for all boards.",
    ),
    known(
        "goalId",
        Shape::Pattern(UUID_LIST),
        GOAL,
        "Only of these goals (mål), in a comma list.",
    ),
    known(
        "originBoardId",
        Shape::Pattern(SLUG_LIST),
        "kommunstyrelsen",
        "Only what these boards (nämnder) have ordered themselves, in a comma list.",
    ),
    known("kind", Shape::Pattern(KIND), "board", "Only of this kind."),
    known(
        "origin",
        Shape::Pattern("^(council|board)$"),
        "council",
        "Only what the council has ordered (uppdrag från fullmäktige), or only what the boards have themselves.",
    ),
    known(
        "status",
        Shape::Pattern(STATUS_LIST),
        "notStarted,inProgress",
        "Only with one of these statuses, in a comma list.",
    ),
    known(
        "number",
        Shape::Text,
        "1.1",
        "Only with one of these numbers, in a comma list.",
    ),
    known(
        "named",
        Shape::Boolean,
        "true",
        "`true` leaves out what is for all boards.",
    ),
    known(
        "dryRun",
        Shape::Boolean,
        "true",
        "`true` tells what would be done and writes nothing.",
    ),
    known(
        "q",
        Shape::Text,
        "social hållbarhet",
        "Only where this text stands in a name, a title or a text, in whatever case.",
    ),
];

/// The parameters in a path such as `/goals/{goalId}`, in order.
pub(super) fn of_path(path: &str) -> Vec<RefOr<Parameter>> {
    let names = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next());
    names
        .map(|name| {
            let parameter = find(IN_PATHS, name)
                .map_or_else(|| ParameterBuilder::new().name(name), Known::parameter);
            parameter
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .build()
                .into()
        })
        .collect()
}

/// The parameters of a list's query.
pub(super) fn of_list(spec: &ListSpec) -> Vec<RefOr<Parameter>> {
    let mut parameters = vec![
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
            Some(spec.max_limit),
            20,
            "The most items in an answer.",
        ),
    ];
    for name in SHARED {
        match name {
            "sort" => parameters.push(sort(spec)),
            "fields" => parameters.push(fields(spec)),
            "page" | "limit" => {}
            other => parameters.push(in_query(other)),
        }
    }
    parameters.extend(spec.filters.iter().map(|name| in_query(name)));
    parameters
}

/// A parameter of a query that the handler names itself, such as `dryRun`.
pub(super) fn in_query(name: &str) -> RefOr<Parameter> {
    let parameter =
        find(IN_QUERIES, name).map_or_else(|| ParameterBuilder::new().name(name), Known::parameter);
    query(parameter)
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

fn find(known: &'static [Known], name: &str) -> Option<&'static Known> {
    known.iter().find(|known| known.name == name)
}

impl Known {
    fn parameter(&self) -> ParameterBuilder {
        ParameterBuilder::new()
            .name(self.name)
            .description(Some(self.description))
            .schema(Some(self.schema()))
            .example(Some(self.example()))
    }

    fn example(&self) -> Value {
        match self.shape {
            Shape::Year | Shape::Boolean => {
                serde_json::from_str(self.example).unwrap_or_else(|_| json!(self.example))
            }
            _ => json!(self.example),
        }
    }

    fn schema(&self) -> Schema {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let schema = match self.shape {
            Shape::Year => ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                .minimum(Some(*YEARS.start()))
                .maximum(Some(*YEARS.end())),
            Shape::Uuid => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
            Shape::Moment => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
            Shape::Boolean => ObjectBuilder::new().schema_type(Type::Boolean),
            Shape::Text => text,
            Shape::Pattern(pattern) => text.pattern(Some(pattern)),
        };
        schema.build().into()
    }
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
        Kind::Create | Kind::Action => &["Traceparent"],
        Kind::Replace => &["IfMatchToReplace", "IfNoneMatchToCreate", "Traceparent"],
        Kind::Change | Kind::Remove => &["IfMatch", "Traceparent"],
    };
    names
        .iter()
        .map(|name| RefOr::Ref(Ref::new(format!("#/components/parameters/{name}"))))
        .collect()
}
