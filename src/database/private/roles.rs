//! The two roles and the database of a private PostgreSQL.

use tokio_postgres::{Client, NoTls};

use super::error::PrivateError;

/// The role that made the cluster.
pub(super) const SUPERUSER: &str = "postgres";
/// The role that owns the database and migrates it.
pub(super) const OWNER: &str = "malbild_owner";
/// The role that the service runs as.
pub(super) const RUNTIME: &str = "malbild";
/// The database.
pub(super) const DATABASE: &str = "malbild";

/// Makes the roles and the database where they are missing; run at every start.
pub(super) async fn ensure(superuser_url: &str) -> Result<(), PrivateError> {
    let client = connect(superuser_url).await?;
    for role in [OWNER, RUNTIME] {
        let found = client
            .query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&role])
            .await
            .map_err(PrivateError::Setup)?;
        let verb = if found.is_some() { "ALTER" } else { "CREATE" };
        run(
            &client,
            &format!(
                "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            ),
        )
        .await?;
    }
    let found = client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&DATABASE])
        .await
        .map_err(PrivateError::Setup)?;
    if found.is_none() {
        run(
            &client,
            &format!("CREATE DATABASE {DATABASE} OWNER {OWNER}"),
        )
        .await?;
    }
    // Before PostgreSQL 15 everybody may create tables in `public`, and the superuser owns it.
    let own = superuser_url.replacen("/postgres?", &format!("/{DATABASE}?"), 1);
    run(
        &connect(&own).await?,
        &format!(
            "ALTER SCHEMA public OWNER TO {OWNER}; REVOKE CREATE ON SCHEMA public FROM PUBLIC"
        ),
    )
    .await
}

/// A connection that is driven until its client is dropped.
async fn connect(url: &str) -> Result<Client, PrivateError> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .map_err(PrivateError::Setup)?;
    // What breaks the connection is reported by the query that it breaks.
    tokio::spawn(async move { connection.await.ok() });
    Ok(client)
}

async fn run(client: &Client, sql: &str) -> Result<(), PrivateError> {
    client.batch_execute(sql).await.map_err(PrivateError::Setup)
}
