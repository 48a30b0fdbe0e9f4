//! The same data in Kolada's shape (RKA's database of Swedish municipal key figures,
//! its API v3), for who has a program for Kolada already: with another base address it
//! works here. Read-only, beside the API and not part of it; its own OpenAPI document
//! says what differs.

mod answer;
mod asked;
mod catalogue;
mod data;
mod document;
mod shapes;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

pub use document::{Document, document};

use crate::http::call::send;
use crate::http::conditional::body_tag;
use crate::http::negotiate::accepts;
use crate::http::routes::Operation;
use crate::problem::Problem;

/// What stands before every path in Kolada's shape.
pub const BASE: &str = "/kolada/v3";

/// The operations that its OpenAPI document describes.
pub fn operations() -> Vec<Operation> {
    catalogue::operations()
        .into_iter()
        .chain(data::operations())
        .collect()
}

/// All paths: those of the document, the parts of `/data` in any other order, and all of
/// them with a slash at the end, as Kolada's clients write them; and the document.
pub fn served() -> Vec<Operation> {
    let all = || operations().into_iter().chain(data::other_orders());
    let with_slash = all().map(|mut operation| {
        operation.path.push('/');
        operation
    });
    let document = Operation::beside("/openapi.json", |method| {
        web::method(method).to(get_document)
    });
    all().chain(with_slash).chain([document]).collect()
}

async fn get_document(
    request: HttpRequest,
    document: Data<Document>,
) -> Result<HttpResponse, Problem> {
    let json = "application/json";
    accepts(&request, json)?;
    let body = document.0.clone().into_bytes();
    let tag = Some(body_tag(&body));
    let status = actix_web::http::StatusCode::OK;
    Ok(send(&request, status, body, json, tag))
}
