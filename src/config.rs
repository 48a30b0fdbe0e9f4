//! Every setting: name, type, default and one line of documentation.
//!
//! Settings are environment variables; `malbild --help` lists them.

mod open_data;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

pub use open_data::{Frequency, OpenDataSettings, PublisherType, Theme, code};

use crate::outgoing::{Lookup, Times};

/// Where the database is and how long it may take.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Database")]
pub struct DatabaseSettings {
    /// The PostgreSQL to use, as the role that reads and writes; without it, a private PostgreSQL
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// The same database as the role that owns the schema and migrates; without it, DATABASE_URL does both
    #[arg(
        long,
        env = "DATABASE_OWNER_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database_owner_url: Option<String>,
    /// The folder of the private PostgreSQL
    #[arg(
        long,
        env = "MALBILD_DATA_DIR",
        default_value = ".malbild",
        value_name = "FOLDER"
    )]
    pub data_dir: PathBuf,
    /// The folder with PostgreSQL's programs; without it, PATH and the usual places
    #[arg(long, env = "POSTGRES_BIN_DIR", value_name = "FOLDER")]
    pub postgres_bin_dir: Option<PathBuf>,
    /// How many connections the service keeps, half of them for writes and for what was true at an earlier moment; it has a worker for every four, but no more than processors
    #[arg(long, env = "DATABASE_POOL_SIZE", default_value_t = 16, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub pool_size: u16,
    /// How long a request waits for the database in all, in milliseconds; then it is answered 503
    #[arg(long, env = "DATABASE_TIMEOUT_MS", default_value_t = 3000, value_parser = clap::value_parser!(u64).range(100..=600_000))]
    pub timeout_ms: u64,
}

impl DatabaseSettings {
    /// How long a request may wait for the database in all.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How the program logs.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Log")]
pub struct LogSettings {
    /// How log lines look
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What is logged, such as `info` or `warn,malbild::request=info`
    #[arg(
        long,
        env = "LOG_FILTER",
        default_value = "info,actix_server=warn,actix_http=off",
        value_name = "FILTER"
    )]
    pub log_filter: String,
}

/// Where the service listens and what it says of itself.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Service")]
pub struct ServiceSettings {
    /// The address of the API
    #[arg(
        long,
        env = "LISTEN_ADDR",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub listen_addr: SocketAddr,
    /// The address of the metrics, or `off`
    #[arg(
        long,
        env = "METRICS_ADDR",
        default_value = "127.0.0.1:9464",
        value_name = "ADDRESS"
    )]
    pub metrics_addr: MetricsAddress,
    /// How others reach the service: every link begins with this; without it, http://localhost and the port
    #[arg(long, env = "PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// The municipality's code, four digits
    #[arg(long, env = "MUNICIPALITY_CODE", default_value = "2380", value_parser = municipality_code)]
    pub municipality_code: String,
    /// The largest request body, in bytes; a larger one is answered 413
    #[arg(long, env = "MAX_BODY_BYTES", default_value_t = 2 * 1024 * 1024, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1024..=1024 * 1024 * 1024))]
    pub max_body_bytes: u64,
    /// The most rows of a load (POST /values); one with more is answered 413
    #[arg(long, env = "LOAD_MAX_ROWS", default_value_t = 100_000, value_name = "ROWS", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub load_max_rows: u64,
    /// The largest body of a load, in bytes; a larger one is answered 413
    #[arg(long, env = "LOAD_MAX_BYTES", default_value_t = 32 * 1024 * 1024, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1024..=1024 * 1024 * 1024))]
    pub load_max_bytes: u64,
    /// How long the transaction of a load may take, in milliseconds; then it is undone and answered 503
    #[arg(long, env = "LOAD_TIMEOUT_MS", default_value_t = 60_000, value_name = "MILLISECONDS", value_parser = clap::value_parser!(u64).range(100..=3_600_000))]
    pub load_timeout_ms: u64,
    /// How many exports (all rows of a list as CSV and the like) there may be at once, each on one or two connections of its own; more are answered 503
    #[arg(long, env = "EXPORT_MAX_CONCURRENT", default_value_t = 4, value_name = "EXPORTS", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub export_max_concurrent: u16,
    /// How long an export may take, however slowly it is read, in seconds; then it is cut off
    #[arg(long, env = "EXPORT_TIMEOUT_SECONDS", default_value_t = 900, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub export_timeout_seconds: u64,
    /// How long the client of an export may take nothing, in seconds; then it is cut off
    #[arg(long, env = "EXPORT_STALL_SECONDS", default_value_t = 120, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub export_stall_seconds: u64,
    /// The most rows of an answer as XLSX; one with more is answered 413
    #[arg(long, env = "XLSX_MAX_ROWS", default_value_t = 100_000, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..=1_048_575))]
    pub xlsx_max_rows: u32,
    /// The most cells of an answer as JSON-stat, with those that are empty; one with more is answered 413
    #[arg(long, env = "JSON_STAT_MAX_CELLS", default_value_t = 500_000, value_name = "CELLS", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub json_stat_max_cells: u32,
    /// How long the head of a request may take, in seconds; then the connection is closed
    #[arg(long, env = "HEAD_TIMEOUT_SECONDS", default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub head_timeout_seconds: u64,
    /// How long the body of a request may take, in seconds; then the answer is 408
    #[arg(long, env = "BODY_TIMEOUT_SECONDS", default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub body_timeout_seconds: u64,
    /// How long requests and deliveries under way may take to finish at a stop, in seconds
    #[arg(long, env = "STOP_TIMEOUT_SECONDS", default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    pub stop_timeout_seconds: u64,
    /// Who answers questions about the service
    #[arg(long, env = "CONTACT_NAME", value_name = "NAME", value_parser = open_data::line)]
    pub contact_name: Option<String>,
    /// An address for them
    #[arg(long, env = "CONTACT_EMAIL", value_name = "ADDRESS", value_parser = open_data::email)]
    pub contact_email: Option<String>,
    /// A page about them
    #[arg(long, env = "CONTACT_URL", value_name = "URL", value_parser = open_data::web_address)]
    pub contact_url: Option<String>,
    /// The licence of the data
    #[arg(long, env = "LICENCE_NAME", value_name = "NAME", value_parser = open_data::line)]
    pub licence_name: Option<String>,
    /// The text of that licence
    #[arg(long, env = "LICENCE_URL", value_name = "URL", value_parser = open_data::web_address)]
    pub licence_url: Option<String>,
    /// What the catalogue says
    #[command(flatten)]
    pub open_data: OpenDataSettings,
    /// Who is told of changes
    #[command(flatten)]
    pub webhooks: WebhookSettings,
}

/// How others are told of changes.
#[derive(Args, Clone)]
#[command(next_help_heading = "Webhooks")]
pub struct WebhookSettings {
    /// The key under which the webhooks' secrets are sealed in the database: 32 bytes in base64 (`openssl rand -base64 32`); older ones after commas still open what they sealed. Without it and with the private PostgreSQL, a file in MALBILD_DATA_DIR
    #[arg(
        id = "webhook_key",
        long = "webhook-key",
        env = "WEBHOOK_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub key: Option<String>,
    /// Whether webhooks may lead to private addresses and to the machine itself, and use http
    #[arg(
        id = "webhook_allow_inner_network",
        long = "webhook-allow-inner-network",
        env = "WEBHOOK_ALLOW_INNER_NETWORK",
        default_value_t = false,
        action = clap::ArgAction::Set,
        value_name = "true|false"
    )]
    pub allow_inner_network: bool,
    /// The file of the key where the setting is not there; set by the program.
    #[arg(skip)]
    pub key_file: Option<PathBuf>,
    /// How long everything takes; tests shorten it.
    #[arg(skip)]
    pub times: Times,
    /// How names are found, where not as the system does; for tests.
    #[arg(skip)]
    pub lookup: Option<Lookup>,
}

// The key is nobody's to see, not in a log either.
impl std::fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSettings")
            .field("allow_inner_network", &self.allow_inner_network)
            .finish_non_exhaustive()
    }
}

impl ServiceSettings {
    /// How others reach the service, without a trailing slash.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.clone(),
            None => format!("http://localhost:{}", self.listen_addr.port()),
        }
    }
}

/// Where the metrics are, if anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsAddress {
    /// Nowhere.
    Off,
    /// At this address, for a scraper on an inner network.
    At(SocketAddr),
}

impl std::str::FromStr for MetricsAddress {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::At)
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let parsed: actix_web::http::Uri = url.parse().map_err(|_| "not a URL".to_owned())?;
    let absolute =
        matches!(parsed.scheme_str(), Some("http" | "https")) && parsed.authority().is_some();
    let nameable = url.is_ascii() && !url.contains('#') && open_data::web_address(url).is_ok();
    if absolute && nameable && parsed.query().is_none() {
        Ok(url.to_owned())
    } else {
        Err("must be an absolute http or https URL without a query".to_owned())
    }
}

fn municipality_code(text: &str) -> Result<String, String> {
    if text.len() == 4 && text.bytes().all(|digit| digit.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("must be four digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_loses_its_trailing_slash() {
        assert_eq!(
            public_url("https://example.se/"),
            Ok("https://example.se".to_owned())
        );
    }

    #[test]
    fn a_public_url_without_a_scheme_is_refused() {
        assert!(public_url("example.se").is_err());
        assert!(public_url("ftp://example.se").is_err());
        assert!(public_url("https://example.se/å").is_err());
        assert!(public_url("https://example.se/a#b").is_err());
        assert!(public_url("https://example.se/<a>").is_err());
    }

    #[test]
    fn metrics_can_be_switched_off() {
        assert_eq!("off".parse(), Ok(MetricsAddress::Off));
    }
}
