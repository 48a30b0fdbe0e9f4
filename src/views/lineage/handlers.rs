//! The operation on a goal's lineage.

use actix_web::HttpResponse;

use super::Lineage;
use crate::http::call::Call;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::goals;

/// Where a goal comes from and what became of it (målets historia).
///
/// All goals that it continues by `predecessorIds`, near and far, and all that
/// continue it, also where goals were split or merged; and for each step from
/// one to the next what changed in the statement and in the political text.
#[utoipa::path(get, path = "/goals/{goalId}/lineage", tag = "goals",
    responses((status = 200, description = "The lineage", body = Lineage)))]
pub(super) async fn get_lineage(call: Call) -> Result<HttpResponse, Problem> {
    call.query_as_of(&[])?;
    let id = call.key("goalId", "goal", text::uuid)?;
    let work = call
        .reading()
        .read(move |connection| Box::pin(async move { Ok(goals::lineage(connection, id).await?) }));
    let goals = work.await?;
    if goals.is_empty() {
        return Err(Problem::not_found("goal"));
    }
    let root = call.root().clone();
    // Long texts take long to compare.
    let compare = move || Lineage::new(id, &goals, &root);
    let lineage = call.service.heavy.run(compare).await?;
    call.view(&lineage, &[])
}

/// The operations of this view.
pub fn operations() -> Vec<Operation> {
    vec![operation!(get_lineage, __path_get_lineage).at_any_moment()]
}
