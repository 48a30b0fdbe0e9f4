//! `POST /documents`: a document in, a report out.

use actix_web::HttpResponse;

use super::writing::{self, ImportReport, Task};
use crate::auth::Writer;
use crate::http::answer::Answer;
use crate::http::body::TextBody;
use crate::http::call::Call;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;

/// A short document in the form that the council's have.
const EXAMPLE: &str = "Kommunövergripande mål budget 2025\n\nKommunfullmäktige\n\n1 Kommunövergripande mål\n\n\
    I budget 2025 finns ett kommunövergripande mål:\n\n- Alla hittar hem\n\n\
    1.1 Alla hittar hem\n\nVägarna ska skyltas.\n\nSkyltarna ska vara rena.\n";

/// Imports a document: the council's goals of a budget year, or the page of one goal.
///
/// The body is plain text in UTF-8 or Windows-1252 (Latin-1). A goal that is
/// there already (the same number in its year, else the same name, else the
/// same statement) is filled in; a document that is already in changes
/// nothing. Under a goal, assignments, key figures that are known (by code or
/// title), investments with an amount and achievements are written; what
/// cannot be stands in `recognised` with the reason. A document that is none, or that contradicts `budgetYear`, is
/// refused and nothing is written.
#[utoipa::path(post, path = "/documents", tag = "documents",
    params(
        ("budgetYear" = i32, Query, minimum = 1900, maximum = 2200, example = 2025, description = "The year of the budget (budgetår) that the document belongs to."),
        ("dryRun" = Option<bool>, Query, nullable = false, example = true, description = "`true` tells what would be done and writes nothing."),
    ),
    request_body(content = String, content_type = "text/plain", description = "The document as plain text, in UTF-8 or Windows-1252.", example = json!(EXAMPLE)),
    responses((status = 200, description = "What was done, or with `dryRun` would be done", body = ImportReport)))]
pub async fn post_document(
    writer: Writer,
    call: Call,
    body: TextBody,
) -> Result<HttpResponse, Problem> {
    let query = call.query(&["budgetYear", "dryRun"])?;
    let budget_year = query.one("budgetYear", text::year)?.ok_or_else(|| {
        Problem::query("budgetYear is needed: the budget that the document belongs to")
    })?;
    let dry_run = query
        .one("dryRun", |word| word.parse::<bool>().ok())?
        .unwrap_or(false);
    // A refusal is an answer, too, and to be kept as one: so it is told inside the work.
    let document = writer
        .may_edit("documents")
        .and_then(|()| writing::parse(&body.0));
    let task = Task {
        budget_year,
        dry_run,
    };
    call.rehearsing(dry_run)
        .write(
            writer.actor(),
            move |connection| {
                Box::pin(async move { writing::write(connection, document?, task).await })
            },
            |_, report| Answer::done(&report),
        )
        .await
}

/// The operations of documents.
pub fn operations() -> Vec<Operation> {
    vec![operation!(post_document, __path_post_document)]
}
