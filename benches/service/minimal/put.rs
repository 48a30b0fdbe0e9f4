//! A value that is put: the same upsert in a transaction, and so the same triggers.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::{Json, Path};
use malbild::http::conditional::version_tag;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Number;
use tokio_postgres::{Client, Row, Statement};

use super::values::{Links, Value};
use super::{Answer, Database, connect, failed};

const ACTOR: &str = "SELECT set_config('malbild.role', 'editor', true)";
const UPSERT: &str = "
    INSERT INTO indicator_values AS there
           (indicator_code, municipality_code, year, gender, value, status, provenance, note)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (indicator_code, municipality_code, year, gender) DO UPDATE
       SET value = excluded.value, status = excluded.status,
           provenance = excluded.provenance, note = excluded.note
     WHERE (there.value, there.status, there.provenance, there.note)
           IS DISTINCT FROM (excluded.value, excluded.status, excluded.provenance, excluded.note)
    RETURNING created_at, updated_at, version";

/// A connection on which one write at a time is under way.
pub(super) struct Writer {
    client: Client,
    actor: Statement,
    upsert: Statement,
}

impl Writer {
    async fn start(database: &str) -> Result<Self, tokio_postgres::Error> {
        let client = connect(database).await?;
        Ok(Self {
            actor: client.prepare(ACTOR).await?,
            upsert: client.prepare(UPSERT).await?,
            client,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Content {
    value: Option<Number>,
    status: String,
    provenance: String,
    note: Option<String>,
}

type Key = (String, String, i32, String);

pub(super) async fn put(worker: Database, key: Path<Key>, content: Json<Content>) -> Answer {
    let content = content.into_inner();
    let number = content.value.as_ref().map(Number::as_str);
    let figure = number
        .map(Decimal::from_str_exact)
        .transpose()
        .map_err(failed)?;
    let spare = worker.writers.borrow_mut().pop();
    let mut writer = match spare {
        Some(writer) => writer,
        None => Writer::start(&worker.database).await.map_err(failed)?,
    };
    let row = upsert(&mut writer, &key, figure, &content)
        .await
        .map_err(failed)?;
    worker.writers.borrow_mut().push(writer);
    let (code, municipality, year, gender) = key.into_inner();
    let value = Value {
        links: Links::of(&worker.root, (&code, &municipality, year, &gender)),
        indicator_code: code,
        municipality_code: municipality,
        year,
        gender,
        value: figure.map(|figure| figure.normalize()),
        status: content.status,
        provenance: content.provenance,
        note: content.note,
        created_at: row.get(0),
        updated_at: row.get(1),
        etag: None,
    };
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, format!("\"{}\"", version_tag("values", row.get(2)))))
        .content_type("application/json")
        .body(serde_json::to_vec(&value)?))
}

async fn upsert(
    writer: &mut Writer,
    (code, municipality, year, gender): &Key,
    figure: Option<Decimal>,
    content: &Content,
) -> Result<Row, tokio_postgres::Error> {
    let transaction = writer.client.transaction().await?;
    transaction.execute(&writer.actor, &[]).await?;
    let row = transaction
        .query_one(
            &writer.upsert,
            &[
                code,
                municipality,
                year,
                gender,
                &figure,
                &content.status,
                &content.provenance,
                &content.note,
            ],
        )
        .await?;
    transaction.commit().await?;
    Ok(row)
}
