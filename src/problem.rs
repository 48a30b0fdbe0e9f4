//! Every answer with a status of 400 or more: `application/problem+json`
//! (RFC 9457), with a stable code that a program can act on.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $status:literal $title:literal;)+) => {
        /// What went wrong, in one word that never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// All codes, in the order of their status.
            pub const ALL: &'static [Code] = &[$(Code::$variant),+];

            /// The code as it stands in the answer.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)+ }
            }

            /// The short summary, the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)+ }
            }

            /// What it means and what a client does about it.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

codes! {
    /// The request cannot be read as HTTP means it. Mend the request.
    BadRequest "badRequest" 400 "The request cannot be read";
    /// The body is not JSON, or JSON with a duplicate key, too deep, or not UTF-8. Mend the body.
    InvalidJson "invalidJson" 400 "The body is not acceptable JSON";
    /// The body is not CSV with a header that names its columns, or a quote in it is out of place. Mend the body.
    InvalidCsv "invalidCsv" 400 "The body is not acceptable CSV";
    /// A query parameter is unknown, repeated, or has a value it cannot have. `detail` names it.
    InvalidQuery "invalidQuery" 400 "A query parameter is wrong";
    /// Writing needs a key: send `Authorization: Bearer mb_…`.
    MissingKey "missingKey" 401 "A key is needed";
    /// The key is not known, has expired or was revoked. Ask for a new one.
    InvalidKey "invalidKey" 401 "The key is not valid";
    /// The key is valid and may not do this. Ask for a key with another role.
    Forbidden "forbidden" 403 "The key may not do this";
    /// There is no such path. Look in the OpenAPI document.
    UnknownPath "unknownPath" 404 "There is no such path";
    /// The path is right and nothing has this key.
    NotFound "notFound" 404 "Nothing has this key";
    /// The path has no such method. `Allow` lists those it has.
    MethodNotAllowed "methodNotAllowed" 405 "The path has no such method";
    /// The answer exists in none of the forms that `Accept` allows.
    NotAcceptable "notAcceptable" 406 "No acceptable form";
    /// The body did not arrive in time. Send it again, faster.
    RequestTimeout "requestTimeout" 408 "The body did not arrive in time";
    /// Something else already has this natural key. `errors` names the member.
    AlreadyExists "alreadyExists" 409 "The key is taken";
    /// Others refer to this, so it cannot go. `detail` names them.
    ReferredTo "referredTo" 409 "Others refer to this";
    /// A request with the same `Idempotency-Key` is still under way. Send the same again after `Retry-After` seconds.
    RequestInProgress "requestInProgress" 409 "The same request is under way";
    /// The cursor is of a record of changes that is no more, as after a restore from a backup. Read everything again, then follow from the `Changes-Cursor` of that answer.
    CursorGone "cursorGone" 410 "The cursor is of another record";
    /// It was changed since you read it. Read it again, then decide.
    PreconditionFailed "preconditionFailed" 412 "It has changed";
    /// The body is larger than the service takes, or a load has more rows. Send it in pieces.
    BodyTooLarge "bodyTooLarge" 413 "The body is too large";
    /// The answer would be larger than this form of it may be. Ask for less with the filters, or take `format=csv`, which has no limit. `detail` says the limit.
    AnswerTooLarge "answerTooLarge" 413 "The answer would be too large";
    /// The body is of a type that this operation does not take. `Accept-Post` or `Accept-Patch` says which it takes.
    UnsupportedMediaType "unsupportedMediaType" 415 "The body's type is not supported";
    /// The body is well-formed and wrong. `errors` lists every fault.
    InvalidContent "invalidContent" 422 "The content is wrong";
    /// In Kolada's shape (`/kolada/v3`) alone: a parameter or a part of the path has a value that it cannot have, or asks for more than Kolada gives at once. `detail` names it.
    InvalidParameter "invalidParameter" 422 "A parameter is wrong";
    /// The text is no document that can be imported. `detail` says why; nothing was written.
    DocumentRefused "documentRefused" 422 "The document cannot be imported";
    /// The `Idempotency-Key` was used for another request less than 24 hours ago. Take a new one for each thing to be done.
    IdempotencyKeyReused "idempotencyKeyReused" 422 "The Idempotency-Key was used for another request";
    /// Changing something needs `If-Match` with the ETag that was read.
    PreconditionRequired "preconditionRequired" 428 "If-Match is needed";
    /// A fault of the service itself. Report the `traceId`.
    Internal "internal" 500 "A fault in the service";
    /// This instance has no key to seal secrets with: its operator must set `WEBHOOK_KEY`. Trying again does not help before that.
    WebhooksNotSetUp "webhooksNotSetUp" 501 "Webhooks are not set up";
    /// This instance has no catalogue: its operator must set what `detail` names. Trying again does not help before that.
    CatalogueNotSetUp "catalogueNotSetUp" 501 "The catalogue is not set up";
    /// The database cannot answer in time, or too much else is under way. Try again after `Retry-After` seconds.
    DatabaseUnavailable "databaseUnavailable" 503 "The database cannot answer";
}

/// One member at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"pointer": "/title", "code": "required", "detail": "title is required"}))]
pub struct Fault {
    /// Where the member stands in the body (JSON Pointer, RFC 6901); in a load of
    /// rows of any type as if it were an array of objects.
    #[schema(example = "/title")]
    pub pointer: String,
    /// In a load: which row it is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 1, example = 1)]
    pub row: Option<i64>,
    /// In a load: the member's name; `row` for the whole row.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "value")]
    pub field: Option<String>,
    /// What is wrong, in one word that never changes: `required`,
    /// `unknownMember`, `readOnly`, `wrongType`, `empty`, `tooLong`,
    /// `outOfRange`, `invalidFormat`, `controlCharacter`, `notAllowed`,
    /// `tooManyDecimals`, `duplicate`, `tooMany`, `unknownReference`, `inconsistent`, `taken`,
    /// `forbiddenAddress`;
    /// and of a row in a load also `invalidJson`, `wrongLength`, `forbidden`.
    #[schema(example = "required")]
    pub code: String,
    /// What is wrong, for people.
    #[schema(example = "title is required")]
    pub detail: String,
}

impl Fault {
    /// A fault of the member at `pointer`.
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            row: None,
            field: None,
            code: code.to_owned(),
            detail: detail.into(),
        }
    }
}

/// An answer that tells what went wrong. The middleware in `trace.rs` adds
/// `instance` and `traceId` and writes it out.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Which kind of problem.
    pub code: Code,
    /// What went wrong this time, for people. Never SQL, a path or a key.
    pub detail: String,
    /// The members at fault, if any are.
    pub errors: Vec<Fault>,
    /// How many there are, where not all of them may be told.
    pub total_errors: Option<i64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of this kind, told in `detail`.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            total_errors: None,
            headers: Vec::new(),
        }
    }

    /// The same with one more answer header, such as `Allow`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// 422: what the member at `pointer` refers to went away after it was looked for.
    pub fn unknown_reference(pointer: &str, what: &str) -> Self {
        let detail = format!("there is no such {what}");
        Self::invalid(vec![Fault::new(pointer, "unknownReference", detail)])
    }

    /// 422 with every fault that was found.
    pub fn invalid(errors: Vec<Fault>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            many => format!("{} members are wrong", many.len()),
        };
        Self {
            errors,
            ..Self::new(Code::InvalidContent, detail)
        }
    }

    /// 404: nothing has this key.
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no such {what}"))
    }

    /// 400: a query parameter is wrong.
    pub fn query(detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidQuery, detail)
    }

    /// 409: the natural key in `member` is taken.
    pub fn taken(member: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            errors: vec![Fault::new(format!("/{member}"), "taken", detail.clone())],
            ..Self::new(Code::AlreadyExists, detail)
        }
    }

    /// 503: the database cannot answer in time.
    pub fn database_unavailable() -> Self {
        Self::new(
            Code::DatabaseUnavailable,
            "the database cannot answer right now; whether a write was done is not known",
        )
        .with_header(header::RETRY_AFTER, "2")
    }

    /// 503: other requests keep the service busy. A client does the same about it as
    /// when the database cannot answer, so the code is the same.
    pub fn too_busy() -> Self {
        Self::new(
            Code::DatabaseUnavailable,
            "too many such requests are under way to answer this one in time",
        )
        .with_header(header::RETRY_AFTER, "2")
    }

    /// 500: a fault of our own.
    pub fn internal() -> Self {
        Self::new(
            Code::Internal,
            "the service met a fault of its own; report the traceId",
        )
    }

    /// The headers that the answer has besides those of every problem.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// The body, for the request at `instance` with the trace `trace_id`.
    pub fn body(&self, api_root: &str, instance: &str, trace_id: &str) -> ProblemBody {
        ProblemBody {
            r#type: format!("{api_root}/docs/problems#{}", self.code.name()),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            detail: self.detail.clone(),
            instance: instance.to_owned(),
            code: self.code.name().to_owned(),
            errors: self.errors.clone(),
            total_errors: self.total_errors,
            trace_id: trace_id.to_owned(),
        }
    }
}

/// A problem (RFC 9457) as it stands in an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "https://oppnadata.example.se/malbild/v1/docs/problems#notFound",
    "title": "Nothing has this key",
    "status": 404,
    "detail": "there is no such goal",
    "instance": "/malbild/v1/goals/01941f29-7c00-7000-8000-000000000000",
    "code": "notFound",
    "traceId": "4bf92f3577b34da6a3ce929d0e0e4736"
}))]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// A page about this kind of problem.
    #[schema(format = "uri")]
    pub r#type: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status, repeated.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What went wrong this time.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// The kind of problem in one word that never changes.
    pub code: String,
    /// The members at fault; left out where none is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<Fault>,
    /// How many members are at fault in all, in the answer to a load: `errors` tells
    /// the first 1 000. Left out elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, minimum = 1)]
    pub total_errors: Option<i64>,
    /// The trace to name in a report (W3C Trace Context).
    pub trace_id: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        let mut response = response.finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}
