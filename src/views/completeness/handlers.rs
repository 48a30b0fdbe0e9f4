//! `GET /budgets/{budgetYear}/completeness`.

use actix_web::HttpResponse;

use super::parts::Parts;
use super::{Completeness, Gap};
use crate::http::call::Call;
use crate::http::links::Linker;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;

/// What is not there of a budget's goals (kvalitetskontroll): texts, assignments, indicators, values, baselines, reports, investments.
///
/// Values and reports are looked for in the budget's year, values for this
/// service's own municipality. A value is overdue when there is none after the
/// indicator's `valuesDue` in the year after it.
#[utoipa::path(get, path = "/budgets/{budgetYear}/completeness", tag = "follow-up",
    responses((status = 200, description = "What is not there", body = Completeness)))]
pub(super) async fn get_completeness(call: Call) -> Result<HttpResponse, Problem> {
    call.query_as_of(&[])?;
    let year = call.key("budgetYear", "budget", text::year)?;
    let own = call.service.municipality_code.clone();
    let municipality = own.clone();
    let work = call.reading().read_snapshot(move |connection| {
        Box::pin(async move { Parts::read(connection, year, &own).await })
    });
    let parts = work.await?;
    let today = call.reading().today();
    let items: Vec<_> = parts
        .goals
        .iter()
        .map(|goal| parts.lacking(goal, today, call.root()))
        .collect();
    let having = |gap: Gap| items.iter().filter(|item| item.gaps.contains(&gap)).count();
    let budget = format!("/budgets/{year}");
    let answer = Completeness {
        budget_year: year,
        municipality_code: municipality,
        complete_goals: items.iter().filter(|item| item.complete).count(),
        counts: Gap::ALL.map(|gap| (gap.word(), having(gap))).into(),
        items,
        links: Linker::new(call.root())
            .link("self", "self", format!("{budget}/completeness"))
            .link("goals", "related", format!("/goals?budgetYear={year}"))
            .link("budget", "up", budget)
            .done(),
    };
    call.view(&answer, &[])
}

/// The operation of this view.
pub fn operations() -> Vec<Operation> {
    vec![operation!(get_completeness, __path_get_completeness).at_any_moment()]
}
