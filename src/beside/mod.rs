//! What stands beside the resources: health, api-info, the documentation, the
//! catalogue, and what others find the service by.

pub mod about;
pub mod catalogue;
pub mod config;
pub mod discovery;
pub mod docs;
pub mod health;
pub mod published;

use crate::http::routes::Operation;
use crate::operation;

/// The operations below the API root that the OpenAPI document describes.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(about::get_api_info, about::__path_get_api_info),
        operation!(config::get_config, config::__path_get_config),
    ]
}

/// The paths below the API root that the document leaves out.
pub fn undocumented() -> Vec<Operation> {
    let documents = [
        Operation::beside("/openapi.json", |method| {
            actix_web::web::method(method).to(about::openapi_json)
        }),
        Operation::beside("/openapi.yaml", |method| {
            actix_web::web::method(method).to(about::openapi_yaml)
        }),
    ];
    documents.into_iter().chain(docs::operations()).collect()
}

/// The paths outside the API root.
pub fn outside() -> Vec<Operation> {
    let health = [
        Operation::beside("/health/live", |method| {
            actix_web::web::method(method).to(health::live)
        }),
        Operation::beside("/health/ready", |method| {
            actix_web::web::method(method).to(health::ready)
        }),
    ];
    health
        .into_iter()
        .chain(catalogue::operations())
        .chain(discovery::operations())
        .collect()
}
