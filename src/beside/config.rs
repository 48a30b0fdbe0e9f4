//! `GET /config`: what a client has to know of this instance before it asks.

use actix_web::HttpResponse;
use actix_web::web::Data;
use futures_util::FutureExt;
use serde::Serialize;
use utoipa::ToSchema;

use super::discovery;
use super::published::{Contact, Licence, Published, Publisher};
use crate::changes;
use crate::http::IDEMPOTENCY_HOURS;
use crate::http::call::Call;
use crate::http::links::{Linker, Links};
use crate::http::list::DEFAULT_LIMIT;
use crate::http::members::MAX_ELEMENTS;
use crate::problem::Problem;
use crate::resources::{goals, municipalities, values};

/// What this instance is set to (konfiguration): its municipality, whose data they are and under which licence, how to cite them, and the limits of requests and answers. Nothing in it is secret, and what the operator has not set is null.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "municipality": {"municipalityCode": "2380", "name": "Östersund"},
    "publisher": {"name": "Östersunds kommun", "organisationNumber": "2120002528", "url": "https://www.ostersund.se"},
    "contact": {"name": "Kommunledningsförvaltningen", "email": "oppnadata@example.se", "url": null},
    "licence": {"name": "CC0 1.0", "url": "http://creativecommons.org/publicdomain/zero/1.0/"},
    "citation": {
        "sv": "Källa: Östersunds kommun, Mål, uppdrag och nyckeltal, https://oppnadata.example.se/malbild/v1",
        "en": "Source: Östersunds kommun, Goals, assignments and indicators, https://oppnadata.example.se/malbild/v1"
    },
    "limits": {
        "pageDefault": 20, "pageMax": 1000, "pageMaxValues": 10000, "pageMaxChanges": 1000, "changesWaitSeconds": 60,
        "bodyMaxBytes": 2097152, "arrayMaxElements": 1000, "loadMaxRows": 100000, "loadMaxBytes": 33554432,
        "loadMaxSeconds": 60, "exportMaxConcurrent": 4, "exportMaxSeconds": 900, "xlsxMaxRows": 100000,
        "jsonStatMaxCells": 500000, "idempotencyHours": 24
    },
    "_links": {"self": {"href": "https://oppnadata.example.se/malbild/v1/config", "rel": "self", "method": "GET"}}
}))]
pub struct Config {
    /// The municipality whose goals these are.
    pub municipality: OwnMunicipality,
    /// Who publishes the data; null where the operator has not said.
    #[schema(required)]
    pub publisher: Option<Publisher>,
    /// Who answers questions; null where the operator has not said.
    #[schema(required)]
    pub contact: Option<Contact>,
    /// The licence of the data; null where the operator has set none: ask before you reuse them.
    #[schema(required)]
    pub licence: Option<Licence>,
    /// How to cite the data. Add the day on which you read them. Figures with provenance `kolada` are Kolada's: "Källa: Kolada".
    pub citation: Citation,
    /// The limits of requests and answers.
    pub limits: Limits,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// The municipality (kommun) that this instance is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnMunicipality {
    /// Its code (kommunkod).
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// Its name; null while it is not among the municipalities.
    #[schema(required, example = "Östersund")]
    pub name: Option<String>,
}

/// How to cite the data (källhänvisning).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Citation {
    /// In Swedish.
    #[schema(
        example = "Källa: Östersunds kommun, Mål, uppdrag och nyckeltal, https://oppnadata.example.se/malbild/v1"
    )]
    pub sv: String,
    /// In English.
    #[schema(
        example = "Source: Östersunds kommun, Goals, assignments and indicators, https://oppnadata.example.se/malbild/v1"
    )]
    pub en: String,
}

/// The limits of requests and answers (begränsningar).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// `limit` of a list where none is sent.
    #[schema(minimum = 1, example = 20)]
    pub page_default: i64,
    /// The largest `limit` of a list.
    #[schema(minimum = 1, example = 1000)]
    pub page_max: i64,
    /// The largest `limit` of a list of values.
    #[schema(minimum = 1, example = 10000)]
    pub page_max_values: i64,
    /// The largest `limit` of `/changes`.
    #[schema(minimum = 1, example = 1000)]
    pub page_max_changes: i64,
    /// The largest `wait` of `/changes`, in seconds.
    #[schema(minimum = 0, example = 60)]
    pub changes_wait_seconds: u64,
    /// The largest body of a request, in bytes; a larger one is 413.
    #[schema(minimum = 1, example = 2_097_152)]
    pub body_max_bytes: u64,
    /// The most elements of an array in a body.
    #[schema(minimum = 1, example = 1000)]
    pub array_max_elements: usize,
    /// The most rows of a load of values; one with more is 413.
    #[schema(minimum = 1, example = 100_000)]
    pub load_max_rows: usize,
    /// The largest body of a load of values, in bytes; a larger one is 413.
    #[schema(minimum = 1, example = 33_554_432)]
    pub load_max_bytes: usize,
    /// How long the transaction of a load may take, in seconds, rounded down; past it the answer is 503.
    #[schema(minimum = 0, example = 60)]
    pub load_max_seconds: u64,
    /// How many exports (all rows of a list as CSV and the like) there may be at once; more are 503.
    #[schema(minimum = 1, example = 4)]
    pub export_max_concurrent: u16,
    /// How long an export may take, in seconds; past it it is cut off.
    #[schema(minimum = 1, example = 900)]
    pub export_max_seconds: u64,
    /// The most rows of an answer as XLSX; one with more is 413.
    #[schema(minimum = 1, example = 100_000)]
    pub xlsx_max_rows: usize,
    /// The most cells of an answer as JSON-stat, empty ones too; one with more is 413.
    #[schema(minimum = 1, example = 500_000)]
    pub json_stat_max_cells: usize,
    /// For how many hours the answer to a POST with an `Idempotency-Key` is kept.
    #[schema(minimum = 1, example = 24)]
    pub idempotency_hours: i32,
}

/// What a client has to know of this instance: whose data it has, how to cite them, and the limits of requests and answers.
#[utoipa::path(get, path = "/config", tag = "api-info", responses((status = 200, description = "About this instance", body = Config)))]
pub async fn get_config(call: Call, published: Data<Published>) -> Result<HttpResponse, Problem> {
    call.query(&[])?;
    let code = published.municipality_code.clone();
    let codes = [code.clone()];
    let work = call.service.database.read(move |connection| {
        async move { Ok(municipalities::names(connection, Some(&codes)).await?) }.boxed()
    });
    let name = work.await?.pop().map(|own| own.name);
    let config = Config {
        municipality: OwnMunicipality {
            municipality_code: code,
            name,
        },
        publisher: published.publisher.clone(),
        contact: published.contact.clone(),
        licence: published.licence.clone(),
        citation: citation(&published),
        limits: limits(&call, &published),
        links: links(&call),
    };
    call.view(&config, &[discovery::links(&published)])
}

/// The source in one line; without a publisher the address alone.
fn citation(published: &Published) -> Citation {
    let root = &published.api_root;
    let publisher = published.publisher.as_ref();
    let whose = publisher.map_or(String::new(), |publisher| format!("{}, ", publisher.name));
    Citation {
        sv: format!("Källa: {whose}Mål, uppdrag och nyckeltal, {root}"),
        en: format!("Source: {whose}Goals, assignments and indicators, {root}"),
    }
}

fn limits(call: &Call, published: &Published) -> Limits {
    let loads = &call.service.loads;
    Limits {
        page_default: DEFAULT_LIMIT,
        page_max: goals::LIST.max_limit,
        page_max_values: values::LIST.max_limit,
        page_max_changes: changes::MOST,
        changes_wait_seconds: changes::LONGEST,
        body_max_bytes: published.max_body_bytes,
        array_max_elements: MAX_ELEMENTS,
        load_max_rows: loads.max_rows,
        load_max_bytes: loads.max_bytes,
        load_max_seconds: loads.time.as_secs(),
        export_max_concurrent: published.export_max_concurrent,
        export_max_seconds: published.export_timeout_seconds,
        xlsx_max_rows: call.service.xlsx_max_rows,
        json_stat_max_cells: call.service.json_stat_max_cells,
        idempotency_hours: IDEMPOTENCY_HOURS,
    }
}

fn links(call: &Call) -> Links {
    Linker::new(call.root())
        .link("self", "self", "/config")
        .link("apiInfo", "service-meta", "/api-info")
        .link("describedby", "service-desc", "/openapi.json")
        .link("documentation", "service-doc", "/docs")
        .done()
}
