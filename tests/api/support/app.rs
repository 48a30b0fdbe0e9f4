//! The service as production runs it, on a free port and a database of its own.

use std::future::ready;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use clap::Parser;
use malbild::app;
use malbild::auth::Role;
use malbild::auth::keys::{self, NewKey};
use malbild::config::{ServiceSettings, WebhookSettings};
use malbild::database::record::Following;
use malbild::database::{Database, Target};
use malbild::http::service::Service;
use malbild::webhooks::Deliverer;
use serde_json::{Value, json};
use tokio_postgres::Client;

use super::client::{Answer, Request};
use super::cluster::{TestDatabase, client, cluster};

/// The key under which the tests' webhook secrets are sealed.
pub(crate) const WEBHOOK_KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// The names that webhooks may have in the tests; nobody else is asked.
fn look_up(name: &str) -> std::io::Result<Vec<IpAddr>> {
    match name {
        "localhost" => Ok(vec![IpAddr::from([127, 0, 0, 1])]),
        _ => Err(std::io::Error::other("no such name")),
    }
}

/// A running service.
pub(crate) struct TestApp {
    /// Its database.
    pub(crate) database: TestDatabase,
    /// `http://127.0.0.1:…`
    pub(crate) base: String,
    /// Its pool.
    pub(crate) pool: Database,
    record: Following,
    service: Data<Service>,
    deliverer: Option<Deliverer>,
    http: reqwest::Client,
    server: ServerHandle,
}

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    service: ServiceSettings,
}

impl TestApp {
    /// A service with the default settings.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A service with some settings changed, such as `--max-body-bytes=2048`.
    pub(crate) async fn start_with(options: &[&str]) -> Self {
        let database = cluster().database().await;
        let url = database.runtime_url();
        Self::start_on(database, &url, options).await
    }

    /// A service whose database is reached at `url`, perhaps through something
    /// that fails.
    pub(crate) async fn start_on(database: TestDatabase, url: &str, options: &[&str]) -> Self {
        Self::start_within(database, url, Duration::from_secs(3), options).await
    }

    /// The same, where a request waits for the database no longer than `time`.
    pub(crate) async fn start_within(
        database: TestDatabase,
        url: &str,
        time: Duration,
        options: &[&str],
    ) -> Self {
        Self::start_set(database, url, time, options, |_| {}).await
    }

    /// The same with `set` applied to what of the webhooks no option sets.
    pub(crate) async fn start_set(
        database: TestDatabase,
        url: &str,
        time: Duration,
        options: &[&str],
        set: impl FnOnce(&mut WebhookSettings),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let public = format!("--public-url={base}");
        let named = options
            .iter()
            .any(|option| option.starts_with("--public-url="));
        let arguments = ["test", "--webhook-key", WEBHOOK_KEY]
            .into_iter()
            .chain((!named).then_some(public.as_str()))
            .chain(options.iter().copied());
        let mut settings = Settings::parse_from(arguments).service;
        settings.webhooks.lookup = Some(Arc::new(|name| Box::pin(ready(look_up(&name)))));
        set(&mut settings.webhooks);
        let target = Arc::new(Target::parse(url).expect("a URL"));
        let pool = Database::new(target, 8, time).expect("a pool");
        let service = app::service(&settings, pool.clone()).expect("a service");
        let record = service.record.clone();
        let server = app::serve(&settings, Data::clone(&service), listener).expect("a server");
        let handle = server.handle();
        tokio::spawn(server);
        Self {
            database,
            base,
            pool,
            record,
            service,
            deliverer: None,
            http: reqwest::Client::new(),
            server: handle,
        }
    }

    /// Begins to deliver to webhooks, as `malbild serve` does.
    pub(crate) fn deliver(&mut self) {
        self.deliverer = Some(Deliverer::start(Data::clone(&self.service)));
    }

    /// Ends that, as a stop of the service does.
    pub(crate) async fn stop_delivering(&mut self, grace: Duration) {
        let deliverer = self.deliverer.take().expect("a deliverer");
        deliverer.stop(grace).await;
    }

    /// A request for a path below the API root.
    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        Request::new(&self.http, method, &self.url(path))
    }

    /// A request for a path outside the API root.
    pub(crate) fn outside(&self, method: &str, path: &str) -> Request {
        Request::new(&self.http, method, &format!("{}{path}", self.base))
    }

    /// The address of a path below the API root.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/malbild/v1{path}", self.base)
    }

    /// GET of a path below the API root.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    /// A new key with this role.
    pub(crate) async fn key(&self, role: Role) -> String {
        self.make_key(
            role,
            None,
            malbild::clock::now() + Duration::from_secs(3600),
        )
        .await
    }

    /// A new key of a board's.
    pub(crate) async fn board_key(&self, board_id: &str) -> String {
        self.make_key(
            Role::Board,
            Some(board_id),
            malbild::clock::now() + Duration::from_secs(3600),
        )
        .await
    }

    /// A new key that is valid until then.
    pub(crate) async fn make_key(
        &self,
        role: Role,
        board_id: Option<&str>,
        expires_at: DateTime<Utc>,
    ) -> String {
        let owner = Target::parse(&self.database.owner_url()).expect("a URL");
        let mut owner = owner.diesel().await.expect("a connection");
        let name = uuid::Uuid::new_v4().to_string();
        let key = NewKey {
            name,
            role,
            board_id: board_id.map(str::to_owned),
            expires_at,
        };
        let (_, secret) = keys::create(&mut owner, key).await.expect("a key");
        secret.reveal().to_owned()
    }

    /// A connection as the superuser, to look into the database.
    pub(crate) async fn sql(&self) -> Client {
        client(&self.database.superuser_url()).await
    }

    /// How many requests wait for a change.
    pub(crate) fn waiting(&self) -> usize {
        self.record.waiting()
    }

    /// Waits until something waits for a lock in the database.
    pub(crate) async fn blocked(&self) {
        let waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let watching = self.sql().await;
        super::eventually(
            "something waits for a lock",
            Duration::from_secs(2),
            async || {
                !watching
                    .query(waiting, &[])
                    .await
                    .expect("the activity")
                    .is_empty()
            },
        )
        .await;
    }

    /// Makes what is at `path` with a new editor's key.
    pub(crate) async fn make(&self, path: &str, body: Value) -> Answer {
        let key = self.key(Role::Editor).await;
        self.request("PUT", path)
            .key(&key)
            .json(&body)
            .send()
            .await
            .expect(201)
    }

    /// Makes a budget.
    pub(crate) async fn budget(&self, year: i32) -> Answer {
        self.make(
            &format!("/budgets/{year}"),
            json!({"title": format!("Budget {year}")}),
        )
        .await
    }

    /// Makes a municipality, a region or the country.
    pub(crate) async fn municipality(&self, code: &str, kind: &str) -> Answer {
        self.make(
            &format!("/municipalities/{code}"),
            json!({"name": code, "kind": kind}),
        )
        .await
    }

    /// Makes an indicator.
    pub(crate) async fn indicator(&self, code: &str, divided: bool) -> Answer {
        self.make(
            &format!("/indicators/{code}"),
            json!({"title": code, "unit": "antal", "decimals": 0, "direction": "none", "dividedByGender": divided}),
        )
        .await
    }

    /// Makes a board.
    pub(crate) async fn board(&self, board_id: &str, kind: &str) -> Answer {
        self.make(
            &format!("/boards/{board_id}"),
            json!({"name": board_id, "kind": kind}),
        )
        .await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The server stops by itself once it is told; nobody waits for it.
        let stopping = self.server.stop(false);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(stopping);
        }
    }
}
