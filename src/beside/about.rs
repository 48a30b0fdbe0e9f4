//! What the API says of itself: api-info (VER.06, VER.07) and the OpenAPI document.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::discovery;
use super::published::Published;
use crate::http::call::{Call, send};
use crate::http::conditional::body_tag;
use crate::http::links::{Linker, Links};
use crate::http::negotiate::accepts;
use crate::http::query::Query;
use crate::http::service::Service;
use crate::http::trace::API_VERSION;
use crate::problem::Problem;

/// About the API (api-info of the national profile).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiInfo {
    /// The name of the API.
    #[schema(example = "Målbild")]
    pub api_name: &'static str,
    /// The version, MAJOR.MINOR.PATCH.
    #[schema(example = "1.4.0")]
    pub api_version: &'static str,
    /// The day this version was released.
    #[schema(example = "2026-11-24")]
    pub api_released: NaiveDate,
    /// The documentation for people.
    #[schema(
        format = "uri",
        example = "https://oppnadata.example.se/malbild/v1/docs"
    )]
    pub api_documentation: String,
    /// Where in its life the version is: `alpha`, `beta`, `active`, `deprecated`, `retired`, `decommissioned`.
    #[schema(example = "active")]
    pub api_status: &'static str,
    /// The municipality whose goals these are, four digits.
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// Where to go from here: `self`, `describedby` (the OpenAPI document) and the collections.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// The day of the release named by the crate's version.
const RELEASED: (i32, u32, u32) = (2026, 11, 24);

/// About the API: its name, version, status and documentation.
#[utoipa::path(get, path = "/api-info", tag = "api-info", responses((status = 200, description = "About the API", body = ApiInfo)))]
pub async fn get_api_info(call: Call, published: Data<Published>) -> Result<HttpResponse, Problem> {
    call.query(&[])?;
    let (year, month, day) = RELEASED;
    let links = Linker::new(call.root())
        .link("self", "self", "/api-info")
        .link("describedby", "service-desc", "/openapi.json")
        .link("documentation", "service-doc", "/docs")
        .link("config", "service-meta", "/config")
        .link("budgets", "collection", "/budgets")
        .link("boards", "collection", "/boards")
        .link("goals", "collection", "/goals")
        .link("assignments", "collection", "/assignments")
        .link("indicators", "collection", "/indicators")
        .link("municipalities", "collection", "/municipalities")
        .link("values", "collection", "/values")
        .link("assessments", "collection", "/assessments")
        .link("investments", "collection", "/investments")
        .link("achievements", "collection", "/achievements")
        .link("municipalityGroups", "collection", "/municipality-groups")
        .link("targets", "collection", "/targets")
        .link("changes", "collection", "/changes")
        .link("webhooks", "collection", "/webhooks")
        .done();
    let info = ApiInfo {
        api_name: "Målbild",
        api_version: API_VERSION,
        api_released: NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default(),
        api_documentation: format!("{}/docs", call.root()),
        api_status: "active",
        municipality_code: call.service.municipality_code.clone(),
        links,
    };
    call.view(&info, &[discovery::links(&published)])
}

/// The OpenAPI document as JSON.
pub async fn openapi_json(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    accepts(&request, "application/json")?;
    Query::parse(request.query_string(), &[])?;
    Ok(file(&request, &service.openapi_json, "application/json"))
}

/// The OpenAPI document as YAML (RFC 9512).
pub async fn openapi_yaml(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, Problem> {
    accepts(&request, "application/yaml")?;
    Query::parse(request.query_string(), &[])?;
    Ok(file(&request, &service.openapi_yaml, "application/yaml"))
}

fn file(request: &HttpRequest, body: &[u8], media_type: &str) -> HttpResponse {
    send(
        request,
        StatusCode::OK,
        body.to_vec(),
        media_type,
        Some(body_tag(body)),
    )
}
