//! What one running service holds.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};

use super::export::Tables;
use super::heavy::HeavyWork;
use super::links::Root;
use super::metrics::Metrics;
use crate::database::record::Following;
use crate::database::{Database, Exports};
use crate::outgoing::Outgoing;

/// The state that all requests share.
#[derive(Clone)]
pub struct Service {
    /// The database.
    pub database: Database,
    /// Where the record of changes ends.
    pub record: Following,
    /// `{PUBLIC_URL}/malbild/v1`: what every link begins with.
    pub api_root: Root,
    /// The municipality that this instance serves, four digits.
    pub municipality_code: String,
    /// The address of the data's licence, if the operator has set one.
    pub licence: Option<String>,
    /// The largest body, in bytes.
    pub max_body: usize,
    /// How long a body may take.
    pub body_timeout: Duration,
    /// Where texts are compared.
    pub heavy: HeavyWork,
    /// What is sent to others.
    pub outgoing: Outgoing,
    /// What a load of rows may be.
    pub loads: Loads,
    /// Since when the settings are so: since the program started.
    pub since: DateTime<Utc>,
    /// What a long read may be.
    pub exports: Exports,
    /// The most rows of an answer as XLSX.
    pub xlsx_max_rows: usize,
    /// The most cells of an answer as JSON-stat.
    pub json_stat_max_cells: usize,
    /// The columns of every list.
    pub tables: Arc<Tables>,
    /// The figures about the service itself.
    pub metrics: Metrics,
    /// The OpenAPI document with this service's settings, as JSON.
    pub openapi_json: Bytes,
    /// The same as YAML.
    pub openapi_yaml: Bytes,
}

/// What a load of rows may be.
#[derive(Clone, Debug)]
pub struct Loads {
    /// The most rows.
    pub max_rows: usize,
    /// The most bytes of a body.
    pub max_bytes: usize,
    /// How long its transaction may take.
    pub time: Duration,
    /// Where loads are read and written: not so many at once that other writes find
    /// no connection.
    pub places: HeavyWork,
    /// Where their bodies are held: not so many at once that memory runs out.
    pub bodies: HeavyWork,
}

impl Service {
    /// The same service with connections for the reads of one worker.
    pub fn for_worker(&self) -> Result<Self, String> {
        Ok(Self {
            database: self.database.for_worker()?,
            ..self.clone()
        })
    }
}
