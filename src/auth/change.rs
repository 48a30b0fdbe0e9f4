//! A write as it came: who asks, on what condition, and what for.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::Writer;
use crate::database::Actor;
use crate::http::body::{JsonBody, NoBody};
use crate::http::conditional::Conditions;
use crate::http::query::Query;
use crate::problem::Problem;

/// A write whose client has a key (401 otherwise). Checked in the documented
/// order: the key, then the body, then that there is no query.
#[derive(Clone, Debug)]
pub struct Change<B = JsonBody> {
    /// Who asks for it.
    pub writer: Writer,
    /// `If-Match` and `If-None-Match`.
    pub conditions: Conditions,
    /// What is to be written.
    pub body: B,
}

/// A DELETE: a write that has no body.
pub type Removal = Change<NoBody>;

impl<B> Change<B> {
    /// As the record of changes names the writer.
    pub fn actor(&self) -> Actor {
        self.writer.actor()
    }
}

impl<B> FromRequest for Change<B>
where
    B: FromRequest<Error = Problem> + 'static,
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let writer = Writer::of(request);
        let body = B::from_request(request, payload);
        let conditions = Conditions::read(request.headers());
        let query = Query::parse(request.query_string(), &[]);
        Box::pin(async move {
            let writer = writer?;
            let body = body.await?;
            query?;
            Ok(Self {
                writer,
                conditions,
                body,
            })
        })
    }
}
