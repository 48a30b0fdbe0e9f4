//! The minimal handler that malbild is compared with: actix-web over
//! tokio-postgres, prepared statements, one connection a worker, and nothing
//! that an answer's body does not need. It knows the measured requests alone.

mod assignments;
mod goals;
mod page;
mod put;
mod values;

use std::cell::RefCell;
use std::net::SocketAddr;

use actix_web::error::ErrorInternalServerError;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use malbild::http::conditional::digest;
use serde::Serialize;
use tokio_postgres::{Client, NoTls, Statement};

/// What every handler answers.
type Answer = Result<HttpResponse, actix_web::Error>;

/// What a worker has: its connection with all statements prepared.
struct Worker {
    client: Client,
    goal: Statement,
    goals: Statement,
    assignments: Statement,
    series: Statement,
    first_values: Statement,
    next_values: Statement,
    total: Statement,
    /// Connections for writing, as many as have been needed at a time.
    writers: RefCell<Vec<put::Writer>>,
    database: String,
    root: String,
    /// What a cursor of all values is good for.
    fingerprint: String,
}

impl Worker {
    async fn start(database: String, root: String) -> Result<Self, tokio_postgres::Error> {
        let client = connect(&database).await?;
        let path = "/malbild/v1/values";
        Ok(Self {
            goal: client.prepare(&goals::one()).await?,
            goals: client.prepare(&goals::all()).await?,
            assignments: client.prepare(assignments::OF_BOARD).await?,
            series: client.prepare(&values::series()).await?,
            first_values: client.prepare(&values::first()).await?,
            next_values: client.prepare(&values::next()).await?,
            total: client.prepare(values::TOTAL).await?,
            writers: RefCell::default(),
            fingerprint: digest(&[path.as_bytes(), b""]),
            client,
            database,
            root,
        })
    }
}

async fn connect(database: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(database, NoTls).await?;
    actix_web::rt::spawn(connection);
    Ok(client)
}

/// Serves until it is told to stop.
pub(crate) fn serve(listen: SocketAddr, database: String, root: String) -> Result<(), String> {
    let server = HttpServer::new(move || {
        let (database, root) = (database.clone(), root.clone());
        App::new()
            .data_factory(move || Worker::start(database.clone(), root.clone()))
            .service(
                web::scope("/malbild/v1")
                    .route("/goals/{id}", web::get().to(goals::get))
                    .route("/goals", web::get().to(goals::list))
                    .route("/boards/{id}/assignments", web::get().to(assignments::list))
                    .route(
                        "/indicators/{code}/values",
                        web::get().to(values::of_indicator),
                    )
                    .route(
                        "/indicators/{code}/values/{municipality}/{year}/{gender}",
                        web::put().to(put::put),
                    )
                    .route("/values", web::get().to(values::list)),
            )
    });
    let server = server.shutdown_timeout(1).bind(listen);
    let server = server.map_err(|error| error.to_string())?;
    actix_web::rt::System::new()
        .block_on(server.run())
        .map_err(|error| error.to_string())
}

fn json(body: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(body)?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(body))
}

/// A link of something.
#[derive(Serialize)]
struct Link {
    href: String,
    rel: &'static str,
    method: &'static str,
}

impl Link {
    fn get(rel: &'static str, href: String) -> Self {
        Self {
            href,
            rel,
            method: "GET",
        }
    }

    fn edit(href: String) -> Self {
        Self {
            href,
            rel: "edit",
            method: "PUT",
        }
    }
}

type Database = Data<Worker>;

fn failed(error: impl std::fmt::Display + std::fmt::Debug + 'static) -> actix_web::Error {
    ErrorInternalServerError(error)
}
