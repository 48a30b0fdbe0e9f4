//! Bringing the schema up to date, as the role that owns it.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// The oldest major version of PostgreSQL that the migrations run on.
const OLDEST: i32 = 15;

/// The migrations, from the binary.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Runs the migrations that are pending and gives the role `runtime` its
/// rights. Answers the names of those that ran. Needs a runtime with more
/// than one thread.
pub async fn migrate(
    mut owner: AsyncPgConnection,
    runtime: Option<&str>,
) -> Result<Vec<String>, String> {
    // Two instances that start at once take turns; the lock ends with the connection.
    diesel::sql_query("SELECT pg_advisory_lock(6221338910451762)")
        .execute(&mut owner)
        .await
        .map_err(|error| format!("the database cannot be migrated: {error}"))?;
    check_version(&mut owner).await?;
    let mut harness = AsyncMigrationHarness::new(owner);
    let ran = harness
        .run_pending_migrations(MIGRATIONS)
        .map_err(|error| format!("the database cannot be migrated: {error}"))?
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut owner = harness.into_inner();
    if let Some(runtime) = runtime {
        diesel::sql_query("CALL grant_runtime($1)")
            .bind::<Text, _>(runtime)
            .execute(&mut owner)
            .await
            .map_err(|error| format!("the role {runtime} cannot be given its rights: {error}"))?;
    }
    Ok(ran)
}

#[derive(QueryableByName)]
struct ServerVersion {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// An older PostgreSQL than 15 fails in the middle of something; better here.
async fn check_version(owner: &mut AsyncPgConnection) -> Result<(), String> {
    let query = "SELECT current_setting('server_version_num')::integer AS number";
    let found: ServerVersion = diesel::sql_query(query)
        .get_result(owner)
        .await
        .map_err(|error| format!("the database cannot be asked its version: {error}"))?;
    let major = found.number / 10_000;
    if major >= OLDEST {
        Ok(())
    } else {
        Err(format!(
            "this is PostgreSQL {major}; Målbild needs {OLDEST} or newer"
        ))
    }
}
