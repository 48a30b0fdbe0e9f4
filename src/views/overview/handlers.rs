//! `GET /goals/{id}/overview`.

use actix_web::HttpResponse;
use chrono::Datelike;

use super::{Overview, Parts};
use crate::http::call::Call;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;

/// Everything of one goal's page (målsida) in one answer.
///
/// The goal with its source and lineage, the assignments from the council and
/// the boards' own, the indicators with latest figures, role, targets and
/// progress, investments with their sum, achievements, and the latest
/// assessment: all of one moment. Figures are this service's own
/// municipality's.
#[utoipa::path(get, path = "/goals/{goalId}/overview", tag = "goals",
    responses((status = 200, description = "The overview", body = Overview)))]
pub(super) async fn get_overview(call: Call) -> Result<HttpResponse, Problem> {
    call.query_as_of(&[])?;
    let goal_id = call.key("goalId", "goal", text::uuid)?;
    let own = call.service.municipality_code.clone();
    let municipality = own.clone();
    let work = call.reading().read_snapshot(move |connection| {
        Box::pin(async move { Parts::read(connection, goal_id, &own).await })
    });
    let parts = work.await?;
    let this_year = call.reading().today().year();
    call.view(
        &Overview::new(parts, &municipality, this_year, call.root()),
        &[],
    )
}

/// The operation of this view.
pub fn operations() -> Vec<Operation> {
    vec![operation!(get_overview, __path_get_overview).at_any_moment()]
}
