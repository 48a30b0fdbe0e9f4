//! What others find the service by, at addresses that are the same everywhere.

mod api_catalog;
mod robots;
mod security;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::published::Published;
use crate::http::call::send;
use crate::http::conditional::body_tag;
use crate::http::negotiate::accepts;
use crate::http::query::Query;
use crate::http::routes::Operation;
use crate::problem::Problem;

/// The well-known paths.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::beside("/.well-known/api-catalog", |method| {
            web::method(method).to(api_catalog::get)
        }),
        Operation::beside("/.well-known/security.txt", |method| {
            web::method(method).to(security::get)
        }),
        Operation::beside("/robots.txt", |method| web::method(method).to(robots::get)),
    ]
}

/// How an answer about the API says where more stands (RFC 9727, RFC 8631).
pub fn links(published: &Published) -> (header::HeaderName, String) {
    let root = &published.api_root;
    let catalogue = published.at("/.well-known/api-catalog");
    let links = format!(
        "<{catalogue}>; rel=\"api-catalog\", <{root}/openapi.json>; rel=\"service-desc\"; type=\"application/json\", <{root}/docs>; rel=\"service-doc\"; type=\"text/html\""
    );
    (header::LINK, links)
}

/// A text as an answer: with an ETag, compressed where that is worth it.
fn answer(
    request: &HttpRequest,
    body: String,
    media_type: &'static str,
) -> Result<HttpResponse, Problem> {
    accepts(request, media_type.split(';').next().unwrap_or(media_type))?;
    Query::parse(request.query_string(), &[])?;
    let body = body.into_bytes();
    let tag = body_tag(&body);
    Ok(send(request, StatusCode::OK, body, media_type, Some(tag)))
}
