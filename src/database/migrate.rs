//! Bringing the schema up to date, as the role that owns it.

use diesel::sql_types::Text;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

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
