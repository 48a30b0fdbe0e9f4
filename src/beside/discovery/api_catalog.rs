//! `/.well-known/api-catalog` (RFC 9727): which APIs there are here, and what
//! describes them, as a linkset (RFC 9264).

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::answer;
use crate::beside::published::Published;
use crate::problem::Problem;

/// A linkset that follows the profile of API catalogues.
const MEDIA_TYPE: &str =
    "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"";

pub(super) async fn get(
    request: HttpRequest,
    published: Data<Published>,
) -> Result<HttpResponse, Problem> {
    let own = published.at("/.well-known/api-catalog");
    let body = linkset(&published, &own).to_string();
    let mut response = answer(&request, body, MEDIA_TYPE)?;
    // Who asks with HEAD learns as much (RFC 9727, 2).
    let links = format!(
        "<{own}>; rel=\"api-catalog\", <{}>; rel=\"item\"",
        published.api_root
    );
    let links = links.parse().map_err(|_| Problem::internal())?;
    response.headers_mut().insert(header::LINK, links);
    Ok(response)
}

fn linkset(published: &Published, own: &str) -> Value {
    let root = &published.api_root;
    let to = |href: String, media_type: &str| json!({"href": href, "type": media_type});
    json!({"linkset": [
        {"anchor": own, "item": [{"href": root}]},
        {
            "anchor": root,
            "service-desc": [
                to(format!("{root}/openapi.json"), "application/json"),
                to(format!("{root}/openapi.yaml"), "application/yaml"),
            ],
            "service-doc": [to(format!("{root}/docs"), "text/html")],
            "service-meta": [
                to(format!("{root}/api-info"), "application/json"),
                to(format!("{root}/config"), "application/json"),
                to(published.at("/datasets/dcat"), "application/rdf+xml"),
            ],
            "status": [to(published.at("/health/ready"), "application/json")],
        },
    ]})
}
