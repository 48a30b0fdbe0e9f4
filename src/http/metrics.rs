//! The figures about the service itself, in Prometheus' text format.

use std::time::Duration;

use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

use crate::database::Database;
use crate::database::record::Following;

/// The figures of one service; each has a registry of its own.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    durations: HistogramVec,
    database_failures: IntCounterVec,
    in_use: IntGauge,
    open: IntGauge,
    most: IntGauge,
    waiting: IntGauge,
}

impl Metrics {
    /// All figures at zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let durations = HistogramVec::new(
            HistogramOpts::new("http_request_duration_seconds", "How long requests took").buckets(
                vec![
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
                ],
            ),
            &["route", "method", "status"],
        )?;
        let database_failures = IntCounterVec::new(
            Opts::new(
                "database_unavailable_total",
                "Requests answered 503 because of the database, or of too much under way",
            ),
            &["route"],
        )?;
        let in_use = IntGauge::new("database_connections_in_use", "Connections at work")?;
        let open = IntGauge::new("database_connections_open", "Connections open")?;
        let most = IntGauge::new(
            "database_connections_max",
            "The most connections there may be",
        )?;
        let waiting = IntGauge::new("changes_waiting", "Requests that wait for a change")?;
        registry.register(Box::new(durations.clone()))?;
        registry.register(Box::new(database_failures.clone()))?;
        for gauge in [&in_use, &open, &most, &waiting] {
            registry.register(Box::new(gauge.clone()))?;
        }
        #[cfg(target_os = "linux")]
        registry.register(Box::new(
            prometheus::process_collector::ProcessCollector::for_self(),
        ))?;
        Ok(Self {
            registry,
            durations,
            database_failures,
            in_use,
            open,
            most,
            waiting,
        })
    }

    /// Counts one answered request. `route` is the pattern, never the path.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        self.durations
            .with_label_values(&[route, method, &status.to_string()])
            .observe(took.as_secs_f64());
        if status == 503 {
            self.database_failures.with_label_values(&[route]).inc();
        }
    }

    /// All figures as text.
    pub fn render(&self, database: &Database, record: &Following) -> String {
        let (in_use, open, most) = database.pool_use();
        for (gauge, value) in [
            (&self.in_use, in_use),
            (&self.open, open),
            (&self.most, most),
            (&self.waiting, record.waiting()),
        ] {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .unwrap_or_default()
    }
}
