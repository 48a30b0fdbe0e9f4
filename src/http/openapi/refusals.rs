//! The problems of the document: one response for each set of codes.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Responses};

use super::named::GOAL;
use super::operations::{BodyForm, Kind};
use super::responses::references;
use crate::http::call::API_BASE;
use crate::problem::{Code, Fault, Problem};

/// One problem response: its name in the components, its codes, its headers
/// besides those of every answer.
struct Refusal {
    name: &'static str,
    codes: &'static [Code],
    headers: &'static [&'static str],
}

const fn refusal(
    name: &'static str,
    codes: &'static [Code],
    headers: &'static [&'static str],
) -> Refusal {
    Refusal {
        name,
        codes,
        headers,
    }
}

const REFUSALS: &[Refusal] = &[
    refusal("WrongQuery", &[Code::InvalidQuery], &[]),
    refusal(
        "WrongBodyOrQuery",
        &[Code::InvalidJson, Code::InvalidQuery, Code::BadRequest],
        &[],
    ),
    refusal(
        "WrongRowsOrQuery",
        &[
            Code::InvalidJson,
            Code::InvalidCsv,
            Code::InvalidQuery,
            Code::BadRequest,
        ],
        &[],
    ),
    refusal(
        "WrongTextOrQuery",
        &[Code::InvalidQuery, Code::BadRequest],
        &[],
    ),
    refusal("WrongKey", &[Code::InvalidKey], &["WWW-Authenticate"]),
    refusal(
        "MissingOrWrongKey",
        &[Code::MissingKey, Code::InvalidKey],
        &["WWW-Authenticate"],
    ),
    refusal("Forbidden", &[Code::Forbidden], &[]),
    refusal("NotFound", &[Code::NotFound], &[]),
    refusal("NotAcceptable", &[Code::NotAcceptable], &[]),
    refusal("RequestTimeout", &[Code::RequestTimeout], &[]),
    refusal("AlreadyExists", &[Code::AlreadyExists], &[]),
    refusal(
        "RequestInProgress",
        &[Code::RequestInProgress],
        &["Retry-After"],
    ),
    refusal(
        "AlreadyExistsOrInProgress",
        &[Code::AlreadyExists, Code::RequestInProgress],
        &["Retry-After"],
    ),
    refusal("ReferredTo", &[Code::ReferredTo], &[]),
    refusal("PreconditionFailed", &[Code::PreconditionFailed], &[]),
    refusal("BodyTooLarge", &[Code::BodyTooLarge], &[]),
    refusal("AnswerTooLarge", &[Code::AnswerTooLarge], &[]),
    refusal(
        "UnsupportedMediaTypeOfPost",
        &[Code::UnsupportedMediaType],
        &["Accept-Post"],
    ),
    refusal(
        "UnsupportedMediaTypeOfPut",
        &[Code::UnsupportedMediaType],
        &["Accept"],
    ),
    refusal(
        "UnsupportedMediaTypeOfPatch",
        &[Code::UnsupportedMediaType],
        &["Accept-Patch"],
    ),
    refusal("InvalidContent", &[Code::InvalidContent], &[]),
    refusal("DocumentRefused", &[Code::DocumentRefused], &[]),
    refusal("IdempotencyKeyReused", &[Code::IdempotencyKeyReused], &[]),
    refusal(
        "InvalidContentOrKeyReused",
        &[Code::InvalidContent, Code::IdempotencyKeyReused],
        &[],
    ),
    refusal(
        "DocumentRefusedOrKeyReused",
        &[Code::DocumentRefused, Code::IdempotencyKeyReused],
        &[],
    ),
    refusal("PreconditionRequired", &[Code::PreconditionRequired], &[]),
    refusal("CursorGone", &[Code::CursorGone], &[]),
    refusal("WebhooksNotSetUp", &[Code::WebhooksNotSetUp], &[]),
    refusal("Internal", &[Code::Internal], &[]),
    refusal(
        "DatabaseUnavailable",
        &[Code::DatabaseUnavailable],
        &["Retry-After"],
    ),
];

/// What decides which problems an operation can answer.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// What it does.
    pub(super) kind: Kind,
    /// Whether its path has a key in it.
    pub(super) keyed: bool,
    /// What body it takes.
    pub(super) form: BodyForm,
    /// Whether reading it needs a key.
    pub(super) restricted: bool,
}

/// The names of the problem responses that such an operation has.
fn refusals(asked: Asked) -> Vec<&'static str> {
    let kind = asked.kind;
    let mut names = vec!["NotAcceptable", "Internal", "DatabaseUnavailable"];
    if asked.keyed {
        names.push("NotFound");
    }
    if matches!(kind, Kind::List | Kind::One) {
        names.push("WrongQuery");
        if asked.restricted {
            names.extend(["MissingOrWrongKey", "Forbidden"]);
        } else {
            names.push("WrongKey");
        }
        return names;
    }
    names.extend(["MissingOrWrongKey", "Forbidden"]);
    if matches!(kind, Kind::Remove | Kind::Withdraw) {
        names.extend(["WrongQuery", "PreconditionFailed"]);
        if kind == Kind::Remove {
            names.push("PreconditionRequired");
        }
        return names;
    }
    let of_body: &[&str] = match asked.form {
        BodyForm::Nothing => {
            names.extend(["WrongQuery", "RequestInProgress", "IdempotencyKeyReused"]);
            return names;
        }
        BodyForm::Json => &["WrongBodyOrQuery", "InvalidContent"],
        BodyForm::Text => &["WrongTextOrQuery", "DocumentRefused"],
        BodyForm::Rows => &["WrongRowsOrQuery", "InvalidContent"],
    };
    names.extend(["RequestTimeout", "BodyTooLarge"]);
    names.extend(of_body);
    match kind {
        Kind::Create | Kind::Action => names.extend([
            "UnsupportedMediaTypeOfPost",
            "RequestInProgress",
            "IdempotencyKeyReused",
        ]),
        Kind::Overwrite => {
            names.extend(["UnsupportedMediaTypeOfPut", "PreconditionFailed"]);
        }
        Kind::Replace => names.extend([
            "UnsupportedMediaTypeOfPut",
            "PreconditionFailed",
            "PreconditionRequired",
        ]),
        _ => names.extend([
            "UnsupportedMediaTypeOfPatch",
            "PreconditionFailed",
            "PreconditionRequired",
        ]),
    }
    names
}

/// Adds the problem responses of its kind, and those of `more`, to an operation.
/// Several of one status become one, with all their codes.
pub(super) fn refuse(responses: &mut Responses, asked: Asked, more: &[Code]) {
    let named = |name: &str| REFUSALS.iter().find(|refusal| refusal.name == name);
    let of_kind = refusals(asked).into_iter().filter_map(named);
    let more = more.iter().filter_map(|code| of_codes(&[*code]));
    let mut by_status: BTreeMap<u16, Vec<&Refusal>> = BTreeMap::new();
    for refusal in more.chain(of_kind) {
        by_status.entry(refusal.status()).or_default().push(refusal);
    }
    for (status, told) in by_status {
        let response = together(&told);
        responses.responses.insert(status.to_string(), response);
    }
}

fn of_codes(codes: &[Code]) -> Option<&'static Refusal> {
    REFUSALS.iter().find(|refusal| refusal.codes == codes)
}

/// What is told of one status: a reference to one of the components, or where
/// none has just these codes, all that there is to say.
fn together(told: &[&Refusal]) -> RefOr<Response> {
    let codes: Vec<Code> = told
        .iter()
        .flat_map(|refusal| refusal.codes)
        .copied()
        .collect();
    let known = match told {
        [only] => Some(*only),
        _ => of_codes(&codes),
    };
    match known {
        Some(refusal) => Ref::new(format!("#/components/responses/{}", refusal.name)).into(),
        None => {
            let headers = told.iter().flat_map(|refusal| refusal.headers).copied();
            response(&codes, &headers.collect::<Vec<_>>()).into()
        }
    }
}

/// The problem responses for the components.
pub(super) fn components() -> impl Iterator<Item = (&'static str, Response)> {
    REFUSALS
        .iter()
        .map(|refusal| (refusal.name, response(refusal.codes, refusal.headers)))
}

impl Refusal {
    fn status(&self) -> u16 {
        self.codes.first().map_or(500, |code| code.status())
    }
}

fn response(codes: &[Code], headers: &[&str]) -> Response {
    let told: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.name(), code.meaning()))
        .collect();
    let problem: Content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .example(codes.first().map(|code| example(*code)))
        .build();
    let mut response = ResponseBuilder::new()
        .description(told.join("\n\n"))
        .content("application/problem+json", problem)
        .build();
    response.headers = references(headers);
    response
}

/// A problem as a client would see it.
fn example(code: Code) -> Value {
    let problem = match code {
        Code::InvalidContent => Problem::invalid(vec![
            Fault::new("/title", "required", "title is required"),
            Fault::new(
                "/createdAt",
                "readOnly",
                "createdAt is set by the service; leave it out",
            ),
        ]),
        Code::AlreadyExists => Problem::taken("number", "the number 1.1 is taken in 2023"),
        other => Problem::new(other, detail(other)),
    };
    let instance = match code {
        Code::InvalidQuery => format!("{API_BASE}/goals"),
        Code::DocumentRefused => format!("{API_BASE}/documents"),
        Code::AnswerTooLarge => format!("{API_BASE}/values"),
        Code::WebhooksNotSetUp => format!("{API_BASE}/webhooks"),
        Code::RequestInProgress | Code::IdempotencyKeyReused => format!("{API_BASE}/goals"),
        _ => format!("{API_BASE}/goals/{}", GOAL),
    };
    let body = problem.body(
        super::EXAMPLE_ROOT,
        &instance,
        "4bf92f3577b34da6a3ce929d0e0e4736",
    );
    serde_json::to_value(body).unwrap_or_default()
}

fn detail(code: Code) -> &'static str {
    match code {
        Code::InvalidJson => {
            "the body is not acceptable JSON: duplicate key \"title\" at line 1 column 24"
        }
        Code::InvalidQuery => "limit cannot be \"0\"",
        Code::MissingKey => "writing needs a key: Authorization: Bearer mb_…",
        Code::InvalidKey => "the key is unknown, has expired or was revoked",
        Code::Forbidden => "a board's key may not write goals",
        Code::NotFound => "there is no such goal",
        Code::ReferredTo => {
            "the budget is referred to by goal 01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11; change or delete those first"
        }
        Code::RequestInProgress => {
            "a request with the same Idempotency-Key is under way; send it again"
        }
        Code::IdempotencyKeyReused => {
            "the Idempotency-Key was used for another request; take a new one"
        }
        Code::PreconditionFailed => "it has changed since that ETag was read; read it again",
        Code::PreconditionRequired => {
            "send If-Match with the ETag of what you read, so that nobody's change is lost"
        }
        Code::UnsupportedMediaType => "send the body as application/json",
        Code::NotAcceptable => "the answer comes as application/json only",
        Code::BodyTooLarge => "a body may have at most 2097152 bytes",
        Code::AnswerTooLarge => {
            "there are more than 100000 rows, the most that a workbook may have: ask for fewer with the filters, or take format=csv, which has no limit"
        }
        Code::DatabaseUnavailable => {
            "the database cannot answer right now; nothing is known to have changed"
        }
        Code::WebhooksNotSetUp => {
            "the operator of this service must set WEBHOOK_KEY before webhooks can be used"
        }
        Code::Internal => "the service met a fault of its own; report the traceId",
        other => other.title(),
    }
}
