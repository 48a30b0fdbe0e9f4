//! `malbild serve`

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use clap::Args;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::sample;
use super::store::Store;
use crate::app;
use crate::config::{DatabaseSettings, MetricsAddress, ServiceSettings};
use crate::database::record::Following;
use crate::http::service::Service;
use crate::webhooks::Deliverer;

/// What `malbild serve` can be told.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Serve {
    /// Load the sample if the database has no budget yet
    #[arg(long)]
    sample: bool,
}

impl Serve {
    /// Migrates, serves until told to stop, and stops what it started.
    pub(super) async fn run(
        self,
        database: &DatabaseSettings,
        settings: &ServiceSettings,
    ) -> Result<(), String> {
        raise_file_limit();
        let listener = listen("LISTEN_ADDR", settings.listen_addr)?;
        let metrics = match settings.metrics_addr {
            MetricsAddress::Off => None,
            MetricsAddress::At(address) => Some(listen("METRICS_ADDR", address)?),
        };
        let store = Store::open_alone(database).await?;
        let served = self
            .serve(&store, database, settings, listener, metrics)
            .await;
        store.close().await;
        served
    }

    async fn serve(
        self,
        store: &Store,
        database: &DatabaseSettings,
        settings: &ServiceSettings,
        listener: TcpListener,
        metrics: Option<TcpListener>,
    ) -> Result<(), String> {
        for name in store.migrate().await? {
            tracing::info!(name, "migrated");
        }
        store.check_runtime().await?;
        let pool = store.pool(database)?;
        if self.sample {
            let made = sample::load_into_empty(store).await?;
            tracing::info!(made, "the sample is loaded");
        }
        let mut settings = settings.clone();
        if database.database_url.is_none() {
            // Beside the private PostgreSQL the key needs no setting.
            settings.webhooks.key_file = Some(database.data_dir.join("webhook-key"));
        }
        let settings = &settings;
        let service = app::service(settings, pool.clone())?;
        let cannot = |error: std::io::Error| format!("the service cannot start: {error}");
        let server = app::serve(settings, Data::clone(&service), listener).map_err(cannot)?;
        let mut servers = vec![server.handle()];
        let metrics = metrics
            .map(|listener| app::serve_metrics(Data::clone(&service), listener))
            .transpose()
            .map_err(cannot)?;
        if let Some(metrics) = metrics {
            servers.push(metrics.handle());
            tokio::spawn(metrics);
        }
        let deliverer = Deliverer::start(Data::clone(&service));
        // Before anybody can know that it is there to be stopped.
        let stop = StopSignals::listen()?;
        announce(&service, settings);
        let grace = Duration::from_secs(settings.stop_timeout_seconds);
        until_stopped(
            server,
            servers,
            stop,
            &service.record,
            deliverer.stop(grace),
        )
        .await?;
        // The answers are out; work that a client gave up on still ends whole.
        let _ = timeout(database.timeout(), pool.finish()).await;
        Ok(())
    }
}

fn listen(name: &str, address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .map_err(|error| format!("{name}: cannot listen on {address}: {error}"))
}

/// As many open files as the system allows: each client that waits for a change
/// is one, and what a shell allows by default is soon used up.
fn raise_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

fn announce(service: &Service, settings: &ServiceSettings) {
    let root = &service.api_root;
    println!("Målbild is ready. Ctrl-C stops it.");
    println!("  Goals   {root}/goals");
    println!("  Docs    {root}/docs");
    println!("  Health  {}/health/ready", settings.public_url());
}

/// The signals that stop the service.
struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    fn listen() -> Result<Self, String> {
        let cannot = |error: std::io::Error| format!("signals cannot be waited for: {error}");
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(cannot)?,
            terminate: signal(SignalKind::terminate()).map_err(cannot)?,
        })
    }
}

/// Runs the server until SIGINT or SIGTERM, then lets requests under way finish.
async fn until_stopped(
    server: Server,
    handles: Vec<ServerHandle>,
    mut stop: StopSignals,
    record: &Following,
    deliveries_end: impl Future<Output = ()>,
) -> Result<(), String> {
    let mut running = tokio::spawn(server);
    tokio::select! {
        ended = &mut running => return match ended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("the server ended: {error}")),
            Err(error) => Err(format!("the server ended: {error}")),
        },
        _ = stop.interrupt.recv() => {}
        _ = stop.terminate.recv() => {}
    }
    tracing::info!("stopping");
    // Whoever waits for a change is answered at once.
    record.stop();
    let answered = async {
        for handle in handles {
            handle.stop(true).await;
        }
    };
    tokio::join!(answered, deliveries_end);
    let _ = running.await;
    Ok(())
}
