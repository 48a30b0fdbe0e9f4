//! `POST /values`: rows in, a report out.

use actix_web::HttpResponse;

use super::{LoadReport, Mode, Task, ValueLoadRow, load, read_all};
use crate::auth::Writer;
use crate::database::text_enum::Choice;
use crate::http::answer::Answer;
use crate::http::body::RowsBody;
use crate::http::call::Call;
use crate::http::query::Query;
use crate::http::routes::Operation;
use crate::operation;
use crate::problem::Problem;
use crate::resources::values::{OnConflict, Terms};

const LINES: &str = "{\"indicatorCode\":\"N01951\",\"municipalityCode\":\"2380\",\"year\":2022,\"gender\":\"T\",\"value\":64714}\n\
    {\"indicatorCode\":\"N01951\",\"municipalityCode\":\"2380\",\"year\":2021,\"gender\":\"T\",\"action\":\"delete\"}\n";
const CSV: &str = "indicatorCode,municipalityCode,year,gender,value,status,provenance,note,action\n\
    N01951,2380,2022,T,64714,final,reported,,\nN01951,2380,2021,T,,,,,delete\n";

/// Loads many values: makes, changes and withdraws them in one transaction.
///
/// The body is a JSON array of rows, one JSON object a line (NDJSON), or CSV (RFC
/// 4180, UTF-8) whose header has the names of the members. Row 1 is the first row of
/// data; empty lines are no rows. A row is checked as a PUT of its value is, and
/// written as one: what it leaves out becomes null or the default. A row with `action`
/// `delete` withdraws its value and has nothing but the key. A value that is already
/// so, or not there to be withdrawn, is `unchanged`: nothing is written or recorded.
/// Figures of Kolada's (`provenance` `kolada`) never replace reported ones, unless
/// `overwriteReported` asks for it.
///
/// In a load that is `atomic` one fault refuses all of it: 422, whose `errors` tell
/// the first 1 000 faults by row, each with `row` and `field`, and `totalErrors` how
/// many there are. In one that is `partial` the rows at fault are rejected, and the
/// report tells them. Two rows with the same key are both at fault, and each names
/// the other. A line that is no JSON is a fault of its row (`invalidJson`); an array
/// that is no JSON, or CSV whose rows cannot be told apart, is 400.
///
/// A board's key loads values of the indicators that its board answers for, with
/// provenance `reported` before and after. Any other row is 403 for an atomic load,
/// whose `errors` name those rows, and rejected (`forbidden`) in a partial one.
#[utoipa::path(post, path = "/values", tag = "values",
    params(
        ("mode" = inline(Option<Mode>), Query, nullable = false, example = "atomic", description = "What becomes of a load in which some rows are wrong; `atomic` where it is left out."),
        ("onConflict" = inline(Option<OnConflict>), Query, nullable = false, example = "update", description = "What becomes of a value that is there already; `update` where it is left out. With `skip` it is left as it is and counted as `unchanged`, with `fail` the row is at fault (`taken`)."),
        ("dryRun" = Option<bool>, Query, nullable = false, example = true, description = "`true` does everything and undoes it: the report is exact, and nothing is written."),
        ("details" = Option<bool>, Query, nullable = false, example = true, description = "`true` tells every change with the value before and after, as the record has it."),
        ("overwriteReported" = Option<bool>, Query, nullable = false, example = false, description = "`true` lets figures with provenance `kolada` replace reported ones."),
    ),
    request_body(description = "The rows. At most 100 000 and 32 MiB, unless the operator has set other limits (413).", content(
        (Vec<ValueLoadRow> = "application/json"),
        (String = "application/x-ndjson", example = json!(LINES)),
        (String = "text/csv", example = json!(CSV)),
    )),
    responses((status = 200, description = "What was done, or with `dryRun` would be done", body = LoadReport)))]
pub(super) async fn post_values(
    writer: Writer,
    call: Call,
    body: RowsBody,
) -> Result<HttpResponse, Problem> {
    let query = call.query(&[
        "mode",
        "onConflict",
        "dryRun",
        "details",
        "overwriteReported",
    ])?;
    let task = task(&query, &writer)?;
    let loads = call.service.loads.clone();
    let most = loads.max_rows;
    let reading = move || read_all(body.form, &body.bytes, most);
    let (rows, turn) = loads.places.begin(reading).await?;
    let mut rows = rows?.into_iter();
    call.rehearsing(task.dry_run)
        .in_turn(turn)
        .write(
            writer.actor(),
            move |connection| {
                Box::pin(async move {
                    load(connection, &mut || Ok(rows.next()), &task, &mut |_| {}).await
                })
            },
            |_, report| Answer::done(&report),
        )
        .await
}

fn task(query: &Query, writer: &Writer) -> Result<Task, Problem> {
    let flag = |name| {
        let read = query.one(name, |word| word.parse::<bool>().ok());
        read.map(|found| found.unwrap_or(false))
    };
    Ok(Task {
        mode: query.one("mode", Mode::from_word)?.unwrap_or(Mode::Atomic),
        terms: Terms {
            on_conflict: query
                .one("onConflict", OnConflict::from_word)?
                .unwrap_or(OnConflict::Update),
            overwrite_reported: flag("overwriteReported")?,
            withdraw_koladas_alone: false,
            board_id: writer.board_id.clone(),
        },
        dry_run: flag("dryRun")?,
        details: flag("details")?,
    })
}

/// The operations of loads.
pub fn operations() -> Vec<Operation> {
    vec![operation!(post_values, __path_post_values)]
}
