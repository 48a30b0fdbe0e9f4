//! The middleware that finds out who is calling.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, ResponseError};

use super::{Writer, authenticate};
use crate::http::call::API_BASE;
use crate::http::service::Service;
use crate::http::trace::{CallerKey, Trace};
use crate::problem::{Code, Problem};

/// Leaves the writer behind the request's key with the request, if it has a
/// key. A key that is not good is refused on a read, too, and before anything
/// else is looked at.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match writer(&request).await {
        Err(problem) => return Ok(request.into_response(problem.error_response())),
        Ok(None) => {}
        Ok(Some(writer)) => {
            request.extensions_mut().insert(CallerKey(writer.key_id));
            request.extensions_mut().insert(writer);
        }
    }
    let answered = next.call(request).await;
    answered.map(ServiceResponse::map_into_boxed_body)
}

/// The writer behind the request's key. Outside the API a key means nothing:
/// `/health/live` asks nobody, whatever it is sent.
async fn writer(request: &ServiceRequest) -> Result<Option<Writer>, Problem> {
    // The path as the routes see it, with what is percent-encoded decoded.
    if !request.match_info().as_str().starts_with(API_BASE) {
        return Ok(None);
    }
    let mut keys = request.headers().get_all(header::AUTHORIZATION);
    let key = match (keys.next(), keys.next()) {
        (None, _) => return Ok(None),
        (Some(key), None) => key,
        (Some(_), Some(_)) => {
            return Err(Problem::new(Code::BadRequest, "Authorization comes twice"));
        }
    };
    let service = request.app_data::<Data<Service>>();
    let database = &service.ok_or_else(Problem::internal)?.database;
    let trace = request.extensions().get::<Trace>().cloned();
    let trace = trace.ok_or_else(Problem::internal)?;
    authenticate(database, key, &trace.id).await.map(Some)
}
