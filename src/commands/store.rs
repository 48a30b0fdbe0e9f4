//! The database that a command works on: the one that is named, or a private
//! PostgreSQL.

use std::sync::Arc;

use diesel_async::AsyncPgConnection;

use crate::config::DatabaseSettings;
use crate::database::migrate::migrate;
use crate::database::private::{Private, PrivateSettings, Reached};
use crate::database::{Database, Target};

/// A database with its two roles.
pub(super) struct Store {
    owner: Target,
    runtime: Arc<Target>,
    private: Option<Reached>,
}

impl Store {
    /// Finds the database that the settings name, or starts a private one; a
    /// private one that runs already is used.
    pub(super) async fn open(settings: &DatabaseSettings) -> Result<Self, String> {
        match &settings.database_url {
            Some(url) => {
                let runtime = target("DATABASE_URL", url)?;
                let owner = match &settings.database_owner_url {
                    Some(url) => target("DATABASE_OWNER_URL", url)?,
                    None => runtime.clone(),
                };
                Ok(Self {
                    owner,
                    runtime: Arc::new(runtime),
                    private: None,
                })
            }
            None => {
                let reached = Private::attach_or_start(&private_settings(settings))
                    .await
                    .map_err(|error| error.to_string())?;
                Self::private(reached)
            }
        }
    }

    /// The same for the service itself: a private PostgreSQL must be its own.
    pub(super) async fn open_alone(settings: &DatabaseSettings) -> Result<Self, String> {
        if settings.database_url.is_some() {
            return Self::open(settings).await;
        }
        let private = Private::start(&private_settings(settings))
            .await
            .map_err(|error| error.to_string())?;
        Self::private(Reached::Ours(private))
    }

    fn private(reached: Reached) -> Result<Self, String> {
        let owner = target("the private PostgreSQL", &reached.urls().owner)?;
        let runtime = Arc::new(target("the private PostgreSQL", &reached.urls().runtime)?);
        Ok(Self {
            owner,
            runtime,
            private: Some(reached),
        })
    }

    /// A connection as the role that owns the schema.
    pub(super) async fn owner(&self) -> Result<AsyncPgConnection, String> {
        self.owner
            .diesel()
            .await
            .map_err(|error| format!("the database cannot be reached: {error}"))
    }

    /// The same for reading more than memory should hold at once.
    pub(super) async fn client(&self) -> Result<tokio_postgres::Client, String> {
        self.owner
            .client()
            .await
            .map_err(|error| format!("the database cannot be reached: {error}"))
    }

    /// A connection as the service's own role, on which work may take as long as
    /// it takes: for the person at the terminal, who sees it and can stop it.
    pub(super) async fn runtime(&self) -> Result<AsyncPgConnection, String> {
        self.runtime
            .diesel()
            .await
            .map_err(|error| format!("the database cannot be reached: {error}"))
    }

    /// Finds out at the start, not at the first request, whether the service's
    /// own role can connect.
    pub(super) async fn check_runtime(&self) -> Result<(), String> {
        self.runtime().await.map(drop)
    }

    /// Brings the schema up to date; answers the names of the migrations that ran.
    pub(super) async fn migrate(&self) -> Result<Vec<String>, String> {
        let runtime = self
            .runtime
            .user()
            .filter(|user| self.owner.user() != Some(*user));
        migrate(self.owner().await?, runtime).await
    }

    /// The pool that the service works with.
    pub(super) fn pool(&self, settings: &DatabaseSettings) -> Result<Database, String> {
        Database::new(
            Arc::clone(&self.runtime),
            usize::from(settings.pool_size),
            settings.timeout(),
        )
    }

    /// Stops the private PostgreSQL if this process started it.
    pub(super) async fn close(self) {
        if let Some(private) = self.private {
            private.stop().await;
        }
    }
}

fn target(name: &str, url: &str) -> Result<Target, String> {
    Target::parse(url).map_err(|error| format!("{name}: {error}"))
}

fn private_settings(settings: &DatabaseSettings) -> PrivateSettings {
    let mut private = PrivateSettings::durable(&settings.data_dir);
    private.bin_dir.clone_from(&settings.postgres_bin_dir);
    private
}
