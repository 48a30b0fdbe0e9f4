//! Values: a series, and all by cursor.

use actix_web::HttpRequest;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use malbild::http::conditional::version_tag;
use malbild::http::cursor::Cursor;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Number, Value as Json, json as value};
use tokio_postgres::Row;

use super::page::{Cursors, Page};
use super::{Answer, Database, Link, Worker, failed, json};

const COLUMNS: &str = "indicator_code, municipality_code, year, gender, value, status, provenance,
    note, created_at, updated_at, version";
const KEY: &str = "indicator_code, municipality_code, year, gender";

pub(super) fn series() -> String {
    format!(
        "SELECT {COLUMNS} FROM indicator_values
          WHERE indicator_code = $1 AND municipality_code = $2 ORDER BY year, gender LIMIT $3"
    )
}

pub(super) fn first() -> String {
    format!("SELECT {COLUMNS} FROM indicator_values ORDER BY {KEY} LIMIT $1")
}

pub(super) fn next() -> String {
    format!(
        "SELECT {COLUMNS} FROM indicator_values WHERE ({KEY}) > ($2, $3, $4, $5)
          ORDER BY {KEY} LIMIT $1"
    )
}

/// How many there are, and the data version that the cursors carry.
pub(super) const TOTAL: &str = "
    SELECT coalesce((SELECT max(commit_position) FROM change_sets), 0),
           (SELECT total FROM row_totals WHERE table_name = 'indicator_values')";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Value {
    pub(super) indicator_code: String,
    pub(super) municipality_code: String,
    pub(super) year: i32,
    pub(super) gender: String,
    #[serde(serialize_with = "figure")]
    pub(super) value: Option<Decimal>,
    pub(super) status: String,
    pub(super) provenance: String,
    pub(super) note: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(rename = "_links")]
    pub(super) links: Links,
}

#[derive(Serialize)]
pub(super) struct Links {
    collection: Link,
    edit: Link,
    #[serde(rename = "self")]
    own: Link,
}

impl Links {
    pub(super) fn of(
        root: &str,
        (code, municipality, year, gender): (&str, &str, i32, &str),
    ) -> Self {
        let collection = format!("{root}/indicators/{code}/values");
        let own = format!("{collection}/{municipality}/{year}/{gender}");
        Self {
            collection: Link::get("collection", collection),
            edit: Link::edit(own.clone()),
            own: Link::get("self", own),
        }
    }
}

/// A JSON number with exactly the digits that it has.
fn figure<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        None => serializer.serialize_none(),
        Some(value) => match i64::try_from(value.mantissa()) {
            Ok(whole) if value.scale() == 0 => serializer.serialize_i64(whole),
            _ => Number::from_string_unchecked(value.to_string()).serialize(serializer),
        },
    }
}

impl Value {
    fn of(row: &Row, root: &str) -> Self {
        let indicator_code: String = row.get(0);
        let municipality_code: String = row.get(1);
        let year = row.get(2);
        let gender: String = row.get(3);
        Self {
            links: Links::of(root, (&indicator_code, &municipality_code, year, &gender)),
            indicator_code,
            municipality_code,
            year,
            gender,
            value: row
                .get::<_, Option<Decimal>>(4)
                .map(|value| value.normalize()),
            status: row.get(5),
            provenance: row.get(6),
            note: row.get(7),
            created_at: row.get(8),
            updated_at: row.get(9),
            etag: Some(version_tag("values", row.get(10))),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Series {
    municipality_code: String,
    limit: i64,
}

pub(super) async fn of_indicator(
    worker: Database,
    request: HttpRequest,
    code: Path<String>,
    asked: Query<Series>,
) -> Answer {
    let wanted = asked.limit + 1;
    let found = worker
        .client
        .query(&worker.series, &[&*code, &asked.municipality_code, &wanted])
        .await;
    let rows = found.map_err(failed)?;
    let items: Vec<Value> = rows
        .iter()
        .map(|row| Value::of(row, &worker.root))
        .collect();
    let counted = (asked.limit, items.len() as i64);
    let credit = credit(&items);
    let page = Page::new(&worker, &request, items, counted, Cursors::default());
    json(&page.crediting(credit))
}

#[derive(Deserialize)]
pub(super) struct Walk {
    limit: i64,
    cursor: Option<String>,
}

pub(super) async fn list(worker: Database, request: HttpRequest, asked: Query<Walk>) -> Answer {
    // The two statements go out together.
    let (rows, counted) = futures_util::try_join!(
        rows(&worker, &asked),
        worker.client.query_one(&worker.total, &[])
    )
    .map_err(failed)?;
    let (version, total): (i64, i64) = (counted.get(0), counted.get(1));
    let shown = rows.len().min(usize::try_from(asked.limit).unwrap_or(0));
    let items: Vec<Value> = rows
        .iter()
        .take(shown)
        .map(|row| Value::of(row, &worker.root))
        .collect();
    let cursor = |item: Option<&Value>, backwards| {
        item.map(|item| {
            Cursor {
                backwards,
                values: key(item),
                query: worker.fingerprint.clone(),
                total,
                version,
            }
            .encode()
        })
    };
    let cursors = Cursors {
        prev: cursor(items.first().filter(|_| asked.cursor.is_some()), true),
        next: cursor(items.last().filter(|_| rows.len() > shown), false),
    };
    let credit = credit(&items);
    let page = Page::new(&worker, &request, items, (asked.limit, total), cursors);
    json(&page.crediting(credit))
}

fn credit(items: &[Value]) -> Option<&'static str> {
    let kolada = |item: &Value| item.provenance == "kolada";
    items.iter().any(kolada).then_some("Källa: Kolada")
}

async fn rows(worker: &Worker, asked: &Walk) -> Result<Vec<Row>, tokio_postgres::Error> {
    let wanted = asked.limit + 1;
    let cursor = asked.cursor.as_deref();
    let place = cursor.and_then(|raw| Cursor::decode(raw, &worker.fingerprint).ok());
    let Some([code, municipality, year, gender]) = place.as_ref().map(|at| at.values.as_slice())
    else {
        return worker.client.query(&worker.first_values, &[&wanted]).await;
    };
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let year = year.as_i64().and_then(|year| i32::try_from(year).ok());
    let (code, municipality, gender) = (text(code), text(municipality), text(gender));
    worker
        .client
        .query(
            &worker.next_values,
            &[&wanted, &code, &municipality, &year, &gender],
        )
        .await
}

fn key(item: &Value) -> Vec<Json> {
    vec![
        value!(item.indicator_code),
        value!(item.municipality_code),
        value!(item.year),
        value!(item.gender),
    ]
}
