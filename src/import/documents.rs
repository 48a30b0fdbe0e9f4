//! `POST /documents`: a document in, a report out.

use actix_web::HttpResponse;

use super::writing::{self, ImportReport, Task};
use crate::auth::Writer;
use crate::http::body::TextBody;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;

/// Imports a document: the council's goals of a budget year, or the page of one goal.
///
/// The body is plain text in UTF-8 or Windows-1252 (Latin-1). A goal that is
/// there already (the same number in its year, else the same name, else the
/// same statement) is filled in; a document that is already in changes
/// nothing. A document that is none, or that contradicts `budgetYear`, is
/// refused and nothing is written.
#[utoipa::path(post, path = "/documents", tag = "documents", request_body(content = String, content_type = "text/plain"),
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
    writer.may_edit("documents")?;
    let document = writing::parse(&body.0)?;
    let task = Task {
        budget_year,
        dry_run,
    };
    let work = call
        .service
        .database
        .write(writer.actor(), move |connection| {
            Box::pin(writing::write(connection, document, task))
        });
    call.done(&work.await?)
}

/// The operations of documents.
pub fn operations() -> Vec<Operation> {
    vec![operation!(post_document, __path_post_document)]
}
