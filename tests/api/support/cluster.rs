//! One private PostgreSQL for the whole run: a template that is migrated once,
//! and a copy of it for every test.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::OnceLock;

use malbild::database::Target;
use malbild::database::migrate::migrate;
use malbild::database::private::{Private, PrivateSettings, Urls};
use tokio::runtime::Runtime;
use tokio_postgres::Client;
use uuid::Uuid;

const TEMPLATE: &str = "malbild_template";

/// The PostgreSQL of this run and the runtime that keeps it.
pub(crate) struct Cluster {
    runtime: Runtime,
    /// Kept so that it runs; it stops when the process ends.
    _private: Private,
    urls: Urls,
}

/// The cluster, started by the first test that asks.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        super::provide_cryptography();
        std::thread::spawn(start)
            .join()
            .expect("the test cluster starts")
    })
}

fn start() -> Cluster {
    let runtime = Runtime::new().expect("a runtime for the test cluster");
    let (private, urls) = runtime.block_on(async {
        let mut settings = PrivateSettings::durable(folder());
        settings.durable = false;
        settings.bin_dir = std::env::var_os("POSTGRES_BIN_DIR").map(PathBuf::from);
        let private = Private::start(&settings).await.expect("PostgreSQL starts");
        let urls = private.urls().clone();
        make_template(&urls).await;
        (private, urls)
    });
    Cluster {
        runtime,
        _private: private,
        urls,
    }
}

/// A folder per checkout: a second run finds its cluster made.
fn folder() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hasher);
    std::env::temp_dir().join(format!("malbild-tests-{:016x}", hasher.finish()))
}

/// Sweeps what earlier runs left and makes the template anew.
async fn make_template(urls: &Urls) {
    let superuser = client(&urls.superuser).await;
    let rows = superuser
        .query(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%' OR datname = $1",
            &[&TEMPLATE],
        )
        .await
        .expect("the databases");
    for row in rows {
        drop_database(&superuser, row.get(0)).await;
    }
    execute(
        &superuser,
        &format!("CREATE DATABASE {TEMPLATE} OWNER malbild_owner"),
    )
    .await;
    let owner = Target::parse(&with_database(&urls.owner, TEMPLATE)).expect("the owner's URL");
    migrate(
        owner.diesel().await.expect("a connection to the template"),
        Some("malbild"),
    )
    .await
    .expect("the migrations");
}

impl Cluster {
    /// A database of its own for one test, as a copy of the template.
    pub(crate) async fn database(&'static self) -> TestDatabase {
        let name = format!("test_{}", Uuid::new_v4().simple());
        let made = name.clone();
        let task = self.runtime.spawn(async move {
            let superuser = client(&self.urls.superuser).await;
            execute(&superuser, &format!("CREATE DATABASE {made} TEMPLATE {TEMPLATE} STRATEGY file_copy OWNER malbild_owner")).await;
        });
        task.await.expect("a copy of the template");
        TestDatabase {
            cluster: self,
            name,
            owned: true,
        }
    }

    /// An empty database, not migrated.
    pub(crate) async fn empty_database(&'static self) -> TestDatabase {
        let name = format!("test_{}", Uuid::new_v4().simple());
        let made = name.clone();
        let task = self.runtime.spawn(async move {
            let superuser = client(&self.urls.superuser).await;
            execute(
                &superuser,
                &format!("CREATE DATABASE {made} OWNER malbild_owner"),
            )
            .await;
        });
        task.await.expect("an empty database");
        TestDatabase {
            cluster: self,
            name,
            owned: true,
        }
    }
}

/// One test's database; dropped with it.
pub(crate) struct TestDatabase {
    cluster: &'static Cluster,
    name: String,
    /// Whether it is dropped with this.
    owned: bool,
}

impl TestDatabase {
    /// The same database for a second service; it goes with the first.
    pub(crate) fn again(&self) -> Self {
        Self {
            cluster: self.cluster,
            name: self.name.clone(),
            owned: false,
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The unix socket of the cluster.
    pub(crate) fn socket(&self) -> PathBuf {
        let url = &self.cluster.urls.superuser;
        let (_, host) = url.split_once("host=").expect("a URL with a socket");
        let host = percent_encoding::percent_decode_str(host).decode_utf8();
        PathBuf::from(host.expect("UTF-8").as_ref()).join(".s.PGSQL.5432")
    }

    /// The address for the role that the service runs as.
    pub(crate) fn runtime_url(&self) -> String {
        with_database(&self.cluster.urls.runtime, &self.name)
    }

    /// The address for the role that owns the schema.
    pub(crate) fn owner_url(&self) -> String {
        with_database(&self.cluster.urls.owner, &self.name)
    }

    /// The address for the superuser, who may look at everything.
    pub(crate) fn superuser_url(&self) -> String {
        with_database(&self.cluster.urls.superuser, &self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if !self.owned {
            return;
        }
        let (cluster, name) = (self.cluster, std::mem::take(&mut self.name));
        cluster.runtime.spawn(async move {
            drop_database(&client(&cluster.urls.superuser).await, &name).await;
        });
    }
}

async fn drop_database(superuser: &Client, name: &str) {
    execute(
        superuser,
        &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
    )
    .await;
}

async fn execute(client: &Client, sql: &str) {
    client.batch_execute(sql).await.expect(sql);
}

/// A plain connection, for looking into a database from outside.
pub(crate) async fn client(url: &str) -> Client {
    Target::parse(url)
        .expect("a URL")
        .client()
        .await
        .expect("a connection")
}

fn with_database(url: &str, name: &str) -> String {
    let (before, after) = url.split_once("@/").expect("a URL with a database");
    let (_, parameters) = after.split_once('?').expect("a URL with parameters");
    format!("{before}@/{name}?{parameters}")
}
