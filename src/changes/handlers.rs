//! `GET /changes`.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use futures_util::FutureExt;
use tokio::time::{Instant, timeout_at};
use utoipa::IntoParams;

use super::together::{Together, Wanted};
use super::{Change, Changes, ChangesMeta, Entry, RESOURCES, after, hold_to, recorded};
use crate::database::Database;
use crate::database::record::Place;
use crate::http::call::Call;
use crate::http::links::Linker;
use crate::http::query::Query;
use crate::http::routes::Operation;
use crate::operation;
use crate::problem::{Code, Problem};

/// The most changes in an answer.
pub const MOST: i64 = 1_000;
/// The longest that a request may wait, in seconds.
pub const LONGEST: u64 = 60;

/// How many changes, as the document tells it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is there for the document alone")]
struct Limited {
    /// The most changes in the answer.
    #[param(
        minimum = 1,
        maximum = 1000,
        default = 20,
        required = false,
        example = 100
    )]
    limit: i64,
}

/// The changes (ändringar) after a place in the feed, in the order in which they were committed.
///
/// Begin with the `Changes-Cursor` of a list's answer, or without `after` at the
/// very first change, and go on with `cursor` of each answer, or with
/// `_links.next`. An answer may have fewer than `limit` changes, or none; the
/// cursor is then the place to ask from again. No change is passed over and
/// none comes twice, also while others commit. `wait` holds the request until
/// there is something, so that a change is told within moments and nobody has
/// to ask in vain.
#[utoipa::path(get, path = "/changes", tag = "changes",
    params(
        ("after" = Option<String>, Query, nullable = false, pattern = "^[A-Za-z0-9_-]{34}$", example = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", description = "Only what was committed after this place: `cursor` of an answer or of a change, or a `Changes-Cursor`. Without it, from the first change on."),
        Limited,
        ("resource" = Option<String>, Query, nullable = false, pattern = "^[a-z-]+(,[a-z-]+)*$", example = "goals,values", description = "Only of these resources, in a comma list: names of collections (`goals`, `values`, …), and `goal-indicators`."),
        ("wait" = Option<u64>, Query, nullable = false, minimum = 0, maximum = 60, example = 0, description = "How many seconds to wait for a change where there is none yet; 0 without it."),
    ),
    responses((status = 200, description = "The changes", body = Changes)))]
pub(super) async fn list_changes(
    call: Call,
    together: Data<Together>,
) -> Result<HttpResponse, Problem> {
    let query = call.query(&["after", "limit", "resource", "wait"])?;
    let wait = query.one("wait", |raw| number(raw, 0, LONGEST))?;
    let until = Instant::now() + Duration::from_secs(wait.unwrap_or(0));
    let record = &call.service.record;
    let told = || record.end().map_or(0, |end| end.place.position);
    let mut wanted = wanted(&query, told())?;
    let database = &call.service.database;
    let mut entries = read(database, &wanted).await.map(Arc::new)?;
    while entries.is_empty() && wait.is_some() {
        let changed = record.beyond(wanted.told, &wanted.resources);
        let changed = timeout_at(until, changed).await.unwrap_or(false);
        let now = told();
        // Nobody reads twice what he knew of.
        if !changed || now <= wanted.told {
            break;
        }
        wanted.told = now;
        let (database, again) = (database.clone(), wanted.clone());
        let read = move || async move { read(&database, &again).await }.boxed();
        entries = together.read(wanted.clone(), read).await?;
    }
    answer(&call, &query, &wanted, &entries)
}

fn wanted(query: &Query, told: i64) -> Result<Wanted, Problem> {
    let resources = query.list("resource", |name| Some(recorded(name)?.name))?;
    let all = || RESOURCES.iter().map(|resource| resource.name).collect();
    Ok(Wanted {
        place: query.one("after", Place::decode)?.unwrap_or(Place::START),
        resources: resources.unwrap_or_else(all),
        limit: query
            .one("limit", |raw| number(raw, 1, MOST))?
            .unwrap_or(20),
        told,
    })
}

fn number<T: std::str::FromStr + PartialOrd>(raw: &str, least: T, most: T) -> Option<T> {
    let digits = raw.bytes().all(|digit| digit.is_ascii_digit());
    let number = raw.parse().ok().filter(|_| digits)?;
    (least <= number && number <= most).then_some(number)
}

async fn read(database: &Database, wanted: &Wanted) -> Result<Vec<Entry>, Problem> {
    let (place, limit) = (wanted.place, wanted.limit);
    let resources = wanted.resources.clone();
    let work = database.read(move |connection| {
        Box::pin(async move {
            hold_to(connection, place).await?;
            Ok(after(connection, place, &resources, limit).await?)
        })
    });
    work.await
}

fn answer(
    call: &Call,
    query: &Query,
    wanted: &Wanted,
    entries: &[Entry],
) -> Result<HttpResponse, Problem> {
    let place = entries.last().map_or(wanted.place, |entry| entry.place);
    let cursor = place.encode();
    let own = query.again(&[], &[]);
    let own = if own.is_empty() {
        "/changes".to_owned()
    } else {
        format!("/changes?{own}")
    };
    let next = query.again(&["after"], &[("after", &cursor)]);
    let links = Linker::new(call.root())
        .link("self", "self", own)
        .link("next", "next", format!("/changes?{next}"))
        .done();
    let next = links.get("next").map(|link| link.href.to_string());
    let header = (
        header::LINK,
        format!("<{}>; rel=\"next\"", next.unwrap_or_default()),
    );
    let items: Vec<Change> = entries
        .iter()
        .map(|entry| Change::new(entry, call.root()))
        .collect();
    let changes = Changes {
        cursor,
        meta: ChangesMeta {
            limit: wanted.limit,
            count: items.len(),
            source: call.root().to_string(),
            licence: call.service.licence.clone(),
        },
        items,
        links,
    };
    call.view(&changes, &[header])
}

/// The operation of the feed.
pub fn operations() -> Vec<Operation> {
    vec![operation!(list_changes, __path_list_changes).refusing(&[Code::CursorGone])]
}
