//! `/robots.txt` (RFC 9309): everything may be read, and where the catalogues are.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::answer;
use crate::beside::published::Published;
use crate::problem::Problem;

pub(super) async fn get(
    request: HttpRequest,
    published: Data<Published>,
) -> Result<HttpResponse, Problem> {
    let body = format!(
        "# Open data: everything here may be read.\n\
         # The catalogue (DCAT-AP-SE): {}\n\
         # The API, for programs (RFC 9727): {}\n\
         # The API, for people: {}/docs\n\
         User-agent: *\n\
         Allow: /\n",
        published.at("/datasets/dcat"),
        published.at("/.well-known/api-catalog"),
        published.api_root,
    );
    answer(&request, body, "text/plain; charset=utf-8")
}
