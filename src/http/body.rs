//! Reading a request's body: of the right type, not too large, in time.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::Serialize;
use serde_json::Value;

use super::heavy::Turn;
use super::json;
use super::members::{Faults, Members};
use super::once::note_body;
use super::service::Service;
use crate::problem::{Code, Problem};

const JSON: &str = "application/json";
/// What a document may be in; which of them it is, its bytes tell.
const TEXT_CHARSETS: &[&str] = &["utf-8", "us-ascii", "iso-8859-1", "windows-1252"];
const LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// A JSON body, read strictly: the type is right (415), it is not too large
/// (413), it came in time (408), and it is acceptable JSON (400).
#[derive(Clone, Debug)]
pub struct JsonBody(pub Value);

impl JsonBody {
    /// Reads the members with `read`, noting every fault.
    pub fn read<T>(
        self,
        key: &'static [&'static str],
        faults: &mut Faults,
        read: impl FnOnce(&mut Members<'_>) -> T,
    ) -> T {
        Members::read(self.0, key, faults, read)
    }

    /// What `current` becomes when this is applied as a JSON Merge Patch.
    pub fn merged_into(self, current: &impl Serialize) -> Result<Self, Problem> {
        let mut merged = serde_json::to_value(current).map_err(|_| Problem::internal())?;
        json::merge(&mut merged, self.0);
        Ok(Self(merged))
    }
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for JsonBody {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let types: &[&'static str] = if request.method() == Method::PATCH {
            &[MERGE_PATCH, JSON]
        } else {
            &[JSON]
        };
        let checked = check_type(request, types);
        let body = collect(request, payload, |service| service.max_body);
        Box::pin(async move {
            checked?;
            json::parse(&body.await?).map(JsonBody)
        })
    }
}

/// No body: whatever a client sends all the same means nothing and is not read.
#[derive(Clone, Copy, Debug)]
pub struct NoBody;

impl FromRequest for NoBody {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        note_body(request, &[]);
        std::future::ready(Ok(Self))
    }
}

/// A plain text body as bytes; its character set is the reader's business.
pub struct TextBody(pub Bytes);

impl FromRequest for TextBody {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_type(request, &["text/plain"]);
        let body = collect(request, payload, |service| service.max_body);
        Box::pin(async move {
            checked?;
            body.await.map(TextBody)
        })
    }
}

/// The rows of a load as bytes, which may be more than other bodies'.
pub struct RowsBody {
    /// The form that they are in.
    pub form: RowsForm,
    /// The bytes as they came.
    pub bytes: Bytes,
    #[expect(dead_code, reason = "the place is given back when it is dropped")]
    turn: Turn,
}

/// The forms in which rows can come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsForm {
    /// A JSON array of objects.
    Json,
    /// A JSON object a line.
    Lines,
    /// CSV with a header.
    Csv,
}

impl FromRequest for RowsBody {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_type(request, &[JSON, LINES, CSV]);
        let body = collect(request, payload, |service| service.loads.max_bytes);
        let service = request.app_data::<Data<Service>>().cloned();
        Box::pin(async move {
            let form = match checked? {
                LINES => RowsForm::Lines,
                CSV => RowsForm::Csv,
                _ => RowsForm::Json,
            };
            let service = service.ok_or_else(Problem::internal)?;
            let turn = service.loads.bodies.turn().await?;
            let bytes = body.await?;
            Ok(Self { form, bytes, turn })
        })
    }
}

/// 415 unless the body is of one of these types, in UTF-8, and not compressed.
fn check_type(request: &HttpRequest, types: &[&'static str]) -> Result<&'static str, Problem> {
    let refused = |detail: String| {
        let problem = Problem::new(Code::UnsupportedMediaType, detail);
        Err(match accept_header(request.method()) {
            Some(name) => problem.with_header(name, &types.join(", ")),
            None => problem,
        })
    };
    if let Some(coding) = request.headers().get(header::CONTENT_ENCODING)
        && coding.as_bytes() != b"identity"
    {
        return refused("send the body without Content-Encoding".to_owned());
    }
    let raw = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = raw.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    let Some(known_type) = types.iter().find(|known| **known == media_type) else {
        return refused(format!("send the body as {}", types.join(" or ")));
    };
    let charset = parts.find_map(|part| {
        part.to_ascii_lowercase()
            .strip_prefix("charset=")
            .map(str::to_owned)
    });
    let known: &[&str] = if media_type == "text/plain" {
        TEXT_CHARSETS
    } else {
        &["utf-8"]
    };
    match charset.as_deref().map(|name| name.trim_matches('"')) {
        Some(name) if !known.contains(&name) => {
            refused(format!("send the body in {}", known.join(" or ")))
        }
        _ => Ok(known_type),
    }
}

fn accept_header(method: &Method) -> Option<HeaderName> {
    match *method {
        Method::POST => Some(HeaderName::from_static("accept-post")),
        Method::PATCH => Some(HeaderName::from_static("accept-patch")),
        Method::PUT => Some(header::ACCEPT),
        _ => None,
    }
}

/// The whole body: 413 past the limit, 408 when it does not come in time.
fn collect(
    request: &HttpRequest,
    payload: &mut Payload,
    most: fn(&Service) -> usize,
) -> impl Future<Output = Result<Bytes, Problem>> + use<> {
    let limits = request
        .app_data::<Data<Service>>()
        .map(|service| (most(service), service.body_timeout));
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    let mut payload = payload.take();
    let request = request.clone();
    async move {
        let Some((max, time)) = limits else {
            return Err(Problem::internal());
        };
        let too_large = || {
            Problem::new(
                Code::BodyTooLarge,
                format!("a body may have at most {max} bytes"),
            )
        };
        if announced.is_some_and(|length| length > max as u64) {
            return Err(too_large());
        }
        let read = async {
            let mut body = BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk =
                    chunk.map_err(|_| Problem::new(Code::BadRequest, "the body broke off"))?;
                if body.len() + chunk.len() > max {
                    return Err(too_large());
                }
                body.extend_from_slice(&chunk);
            }
            note_body(&request, &body);
            Ok(body.freeze())
        };
        tokio::time::timeout(time, read).await.unwrap_or_else(|_| {
            Err(
                Problem::new(Code::RequestTimeout, "the body did not arrive in time")
                    .with_header(header::CONNECTION, "close"),
            )
        })
    }
}
