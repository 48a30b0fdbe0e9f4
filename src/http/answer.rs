//! The answer to a write, as plain data: it can be made where the work is done
//! and be kept there.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use super::conditional::quoted;
use super::links::Root;
use super::trace::Whole;
use crate::problem::Problem;

/// The answer to a write, all of it but for the headers that every answer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Vec<u8>,
    /// Whether the body is nobody's to read where it is kept.
    pub(super) secret: bool,
}

impl Answer {
    /// 201 for what was made, with its address; 200 for what was there. `tag`
    /// is its ETag, unquoted: a write's answer carries the one that `If-Match`
    /// will want.
    pub fn saved(
        value: &impl Serialize,
        tag: &str,
        made: bool,
        location: &str,
    ) -> Result<Self, Problem> {
        let status = if made {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        let mut answer = Self::json(status, value)?;
        answer.add(header::ETAG, &quoted(tag))?;
        if made {
            answer.add(header::LOCATION, location)?;
        }
        Ok(answer)
    }

    /// 200 with the report of something that was done.
    pub fn done(report: &impl Serialize) -> Result<Self, Problem> {
        Self::json(StatusCode::OK, report)
    }

    /// The same, with something in it that must not be kept in clear.
    #[must_use]
    pub fn with_a_secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// 204.
    pub fn gone() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: Vec::new(),
            body: Vec::new(),
            secret: false,
        }
    }

    /// An answer of this status with a JSON body, which no cache may keep.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Self, Problem> {
        Self::whole(status, "application/json", value)
    }

    /// A refusal of the request at `instance` with the trace `trace_id`, as the
    /// middleware would send it.
    pub(super) fn refused(
        problem: &Problem,
        root: &Root,
        instance: &str,
        trace_id: &str,
    ) -> Result<Self, Problem> {
        let body = problem.body(root, instance, trace_id);
        let mut answer = Self::whole(problem.status_code(), "application/problem+json", &body)?;
        answer.headers.extend_from_slice(problem.headers());
        Ok(answer)
    }

    fn whole(
        status: StatusCode,
        media_type: &'static str,
        value: &impl Serialize,
    ) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(|_| Problem::internal())?;
        let headers = vec![
            (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Ok(Self {
            status,
            headers,
            body,
            secret: false,
        })
    }

    fn add(&mut self, name: HeaderName, value: &str) -> Result<(), Problem> {
        let value = HeaderValue::from_str(value).map_err(|_| Problem::internal())?;
        self.headers.push((name, value));
        Ok(())
    }

    /// The answer as it is sent.
    pub fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for header in self.headers {
            response.append_header(header);
        }
        let mut response = response.body(self.body);
        response.extensions_mut().insert(Whole);
        response
    }
}
