//! The documentation for people: the OpenAPI document as a page (Swagger UI),
//! and the table of problem codes. Every asset comes from the binary.

mod problems;

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_swagger_ui::Config;

use crate::http::call::send;
use crate::http::conditional::body_tag;
use crate::http::negotiate::accepts;
use crate::http::query::Query;
use crate::http::routes::Operation;
use crate::problem::{Code, Problem};

/// Nothing from elsewhere and no script in a page. Swagger UI writes styles
/// into its elements, and pictures as data.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";

/// The assets that are this project's own.
const OWN: [(&str, &str, &str); 2] = [
    (
        "page.css",
        "text/css; charset=utf-8",
        include_str!("page.css"),
    ),
    (
        "page.js",
        "text/javascript; charset=utf-8",
        include_str!("page.js"),
    ),
];

/// The assets of Swagger UI that the page needs.
const SWAGGER_UI: [(&str, &str); 3] = [
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("favicon-32x32.png", "image/png"),
];

/// The paths of the documentation.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::beside("/docs", |method| web::method(method).to(page)),
        Operation::beside("/docs/problems", |method| web::method(method).to(problems)),
        Operation::beside("/docs/{asset}", |method| web::method(method).to(asset)),
    ]
}

async fn page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    answer(&request, include_bytes!("page.html").to_vec(), HTML)
}

async fn problems(request: HttpRequest) -> Result<HttpResponse, Problem> {
    answer(&request, problems::page().into_bytes(), HTML)
}

async fn asset(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = request.match_info().get("asset").unwrap_or_default();
    let own = OWN.iter().find(|(own, ..)| *own == name);
    if let Some((_, media_type, text)) = own {
        return answer(&request, text.as_bytes().to_vec(), media_type);
    }
    let missing = || Problem::new(Code::UnknownPath, "the documentation has no such file");
    let (name, media_type) = SWAGGER_UI
        .iter()
        .find(|(file, _)| *file == name)
        .ok_or_else(missing)?;
    let file = utoipa_swagger_ui::serve(name, Arc::new(Config::from("")))
        .map_err(|_| Problem::internal())?
        .ok_or_else(missing)?;
    answer(&request, file.bytes.into_owned(), media_type)
}

fn answer(
    request: &HttpRequest,
    body: Vec<u8>,
    media_type: &'static str,
) -> Result<HttpResponse, Problem> {
    let essence = media_type.split(';').next().unwrap_or(media_type);
    accepts(request, essence)?;
    Query::parse(request.query_string(), &[])?;
    let tag = body_tag(&body);
    let mut response = send(request, StatusCode::OK, body, media_type, Some(tag));
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static(POLICY),
    );
    Ok(response)
}
