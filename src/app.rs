//! The only wiring: the table of operations, the state, the server. Tests and
//! production start the service with the same functions.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};

use crate::auth::identify::identify;
use crate::beside;
use crate::beside::published::Published;
use crate::changes::{self, Together};
use crate::clock;
use crate::config::{ServiceSettings, WebhookSettings};
use crate::database::{Database, Exports};
use crate::history;
use crate::http::call::API_BASE;
use crate::http::export::Tables;
use crate::http::heavy::HeavyWork;
use crate::http::metrics::Metrics;
use crate::http::openapi::{self, Instance};
use crate::http::routes::{self, Operation};
use crate::http::service::{Loads, Service};
use crate::http::trace;
use crate::import::{documents, values as loads};
use crate::outgoing::{Courier, Keyring, Outgoing, Reach};
use crate::resources::{
    achievements, assessments, assignments, boards, budgets, goal_indicators, goals, indicators,
    investments, municipalities, municipality_groups, reports, targets, values,
};
use crate::{kolada, views, webhooks};

/// Every operation that the OpenAPI document describes.
pub fn operations() -> Vec<Operation> {
    [
        beside::operations(),
        budgets::operations(),
        boards::operations(),
        goals::operations(),
        assignments::operations(),
        municipalities::operations(),
        indicators::operations(),
        goal_indicators::operations(),
        values::operations(),
        reports::operations(),
        assessments::operations(),
        investments::operations(),
        achievements::operations(),
        municipality_groups::operations(),
        targets::operations(),
        views::operations(),
        history::operations(),
        changes::operations(),
        documents::operations(),
        webhooks::operations(),
        loads::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the OpenAPI document says of an instance with these settings.
pub fn instance(settings: &ServiceSettings) -> Instance {
    Instance {
        api_root: format!("{}{API_BASE}", settings.public_url()),
        contact: [
            settings.contact_name.clone(),
            settings.contact_email.clone(),
            settings.contact_url.clone(),
        ],
        licence: [settings.licence_name.clone(), settings.licence_url.clone()],
    }
}

/// How many bodies of loads are held at once, with those that are still coming in.
const LOAD_BODIES: usize = 8;

/// The state of a service on this database.
pub fn service(settings: &ServiceSettings, database: Database) -> Result<Data<Service>, String> {
    let instance = instance(settings);
    let document = openapi::texts(&operations(), &instance)?;
    let failed =
        |error: &dyn std::fmt::Display| format!("the service cannot be put together: {error}");
    Ok(Data::new(Service {
        heavy: HeavyWork::new(database.timeout()),
        loads: Loads {
            max_rows: usize::try_from(settings.load_max_rows).unwrap_or(usize::MAX),
            max_bytes: usize::try_from(settings.load_max_bytes).unwrap_or(usize::MAX),
            time: Duration::from_millis(settings.load_timeout_ms),
            places: HeavyWork::with_places(database.most_loads(), database.timeout()),
            bodies: HeavyWork::with_places(LOAD_BODIES, database.timeout()),
        },
        since: clock::now(),
        exports: Exports::new(
            usize::from(settings.export_max_concurrent),
            Duration::from_secs(settings.export_timeout_seconds),
            Duration::from_secs(settings.export_stall_seconds),
        ),
        xlsx_max_rows: usize::try_from(settings.xlsx_max_rows).unwrap_or(usize::MAX),
        json_stat_max_cells: usize::try_from(settings.json_stat_max_cells).unwrap_or(usize::MAX),
        tables: Arc::new(Tables::read(&document.json)?),
        record: database.follow(),
        database,
        api_root: instance.api_root.into(),
        municipality_code: settings.municipality_code.clone(),
        licence: settings.licence_url.clone(),
        max_body: usize::try_from(settings.max_body_bytes).unwrap_or(usize::MAX),
        body_timeout: Duration::from_secs(settings.body_timeout_seconds),
        outgoing: outgoing(&settings.webhooks)?,
        metrics: Metrics::new().map_err(|error| failed(&error))?,
        openapi_json: document.json.into(),
        openapi_yaml: document.yaml.into(),
    }))
}

/// What sends deliveries, on the runtime that calls this.
fn outgoing(settings: &WebhookSettings) -> Result<Outgoing, String> {
    let reach = if settings.allow_inner_network {
        Reach::Inner
    } else {
        Reach::Public
    };
    let keyring = Keyring::new(settings.key.as_deref(), settings.key_file.as_deref())?;
    Ok(Outgoing {
        keyring: Arc::new(keyring),
        courier: Courier::new(reach, settings.times, settings.lookup.clone()),
        times: settings.times,
        wake: Arc::default(),
    })
}

/// The server of the API on `listener`, each worker with connections of its own
/// for what it reads. It ends when its handle is told to
/// stop, after the requests under way.
pub fn serve(
    settings: &ServiceSettings,
    service: Data<Service>,
    listener: TcpListener,
) -> std::io::Result<Server> {
    let workers = service.database.workers();
    let together = Data::new(Together::default());
    let in_koladas_shape = kolada::document(&instance(settings)).map_err(std::io::Error::other)?;
    let in_koladas_shape = Data::new(in_koladas_shape);
    let published = Data::new(Published::new(settings));
    let server = HttpServer::new(move || {
        // Without connections of its own a worker reads on those for writes.
        let own = service.for_worker().map(Data::new).unwrap_or_else(|error| {
            tracing::error!(error, "a worker has no connections of its own");
            Data::clone(&service)
        });
        App::new()
            .app_data(own)
            .app_data(Data::clone(&together))
            .app_data(Data::clone(&in_koladas_shape))
            .app_data(Data::clone(&published))
            .wrap(from_fn(identify))
            .wrap(from_fn(trace::around))
            .configure(routing)
            .default_service(web::to(trace::unknown_path))
    })
    .workers(workers)
    .client_request_timeout(Duration::from_secs(settings.head_timeout_seconds))
    .client_disconnect_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(30))
    .shutdown_timeout(settings.stop_timeout_seconds)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

fn routing(config: &mut ServiceConfig) {
    routes::register(config, "", &beside::outside());
    config.service(
        web::scope(kolada::BASE)
            .configure(|shape| routes::register(shape, kolada::BASE, &kolada::served())),
    );
    config.service(web::scope(API_BASE).configure(|api| {
        let all: Vec<Operation> = operations()
            .into_iter()
            .chain(beside::undocumented())
            .collect();
        routes::register(api, API_BASE, &all);
    }));
}

/// The server of the metrics on `listener`: one page, meant for an inner network.
pub fn serve_metrics(service: Data<Service>, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::clone(&service))
            .route("/metrics", web::get().to(metrics))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

async fn metrics(service: Data<Service>) -> String {
    service.metrics.render(&service.database, &service.record)
}
