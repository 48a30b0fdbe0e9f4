//! Whether the service lives, and whether it can do its work.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::http::service::Service;
use crate::problem::Problem;

/// 200 as long as the process answers; asks nobody.
pub async fn live() -> HttpResponse {
    status("live")
}

/// 200 when the database answers, else 503.
pub async fn ready(service: Data<Service>) -> Result<HttpResponse, Problem> {
    service
        .database
        .read(|connection| {
            Box::pin(async move { Ok(diesel::sql_query("SELECT 1").execute(connection).await?) })
        })
        .await?;
    Ok(status("ready"))
}

fn status(status: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "status": status }))
}
