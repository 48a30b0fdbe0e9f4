//! `malbild import values` beside psql's COPY into a temporary table and an
//! INSERT from it, into the same table with the same triggers.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio_postgres::Client;

use crate::Options;
use crate::fill;
use crate::process::Process;
use crate::program::{Malbild, pinned};

/// Where Debian and Ubuntu keep PostgreSQL's programs.
const DEBIAN: &str = "/usr/lib/postgresql";

pub(crate) const STAGING: &str = "CREATE TEMPORARY TABLE incoming (
    indicator_code text, municipality_code text, year integer, gender text, value numeric,
    status text, provenance text, note text) ON COMMIT DROP";
pub(crate) const UPSERT: &str = "INSERT INTO indicator_values AS there
           (indicator_code, municipality_code, year, gender, value, status, provenance, note)
    SELECT indicator_code, municipality_code, year, gender, value, status, provenance, note FROM incoming
    ON CONFLICT (indicator_code, municipality_code, year, gender) DO UPDATE
       SET value = excluded.value, status = excluded.status,
           provenance = excluded.provenance, note = excluded.note
     WHERE (there.value, there.status, there.provenance, there.note)
           IS DISTINCT FROM (excluded.value, excluded.status, excluded.provenance, excluded.note)";

/// What one of the two took in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    /// For rows that were not there.
    pub(crate) inserted: Duration,
    /// For the same rows with every figure changed.
    pub(crate) changed: Duration,
    /// The most memory the program had, in bytes.
    pub(crate) memory: u64,
}

/// The rounds, each with what malbild and what psql took.
pub(crate) struct Compared {
    pub(crate) rows: u32,
    pub(crate) rounds: Vec<[Took; 2]>,
}

struct Imports<'a> {
    malbild: &'a Malbild,
    options: &'a Options,
    files: [PathBuf; 2],
    psql: PathBuf,
    client: Client,
    /// The last entry of the record before all imports.
    entry: i64,
}

/// Compares the two in as many rounds as the servers, in rotating order.
pub(crate) async fn compare(
    malbild: &Malbild,
    folder: &Path,
    options: &Options,
) -> Result<Compared, String> {
    let files = ["new.csv", "changed.csv"].map(|name| folder.join(name));
    for (change, file) in (0..).zip(&files) {
        fill::write(file, options.import, indicator, change)?;
    }
    let client = fill::superuser(malbild).await?;
    let entry = prepare(&client, options.import).await?;
    let imports = Imports {
        malbild,
        options,
        files,
        psql: psql()?,
        client,
        entry,
    };
    reset(&imports.client, entry).await?;
    let mut rounds = Vec::new();
    for round in 0..options.rounds {
        eprintln!("import, round {}", round + 1);
        rounds.push(if round % 2 == 0 {
            let ours = imports.round(true).await?;
            [ours, imports.round(false).await?]
        } else {
            let theirs = imports.round(false).await?;
            [imports.round(true).await?, theirs]
        });
    }
    Ok(Compared {
        rows: options.import,
        rounds,
    })
}

/// Makes the indicators of so many rows; answers the last entry of the record.
pub(crate) async fn prepare(client: &Client, rows: u32) -> Result<i64, String> {
    let indicators = rows.div_ceil(fill::OF_INDICATOR);
    let indicators = fill::measured("I", indicators) + " ON CONFLICT DO NOTHING";
    client.batch_execute(&indicators).await.map_err(failed)?;
    let last = "SELECT coalesce(max(entry_id), 0) FROM history";
    Ok(client.query_one(last, &[]).await.map_err(failed)?.get(0))
}

/// Takes away what was imported, its record too, so that each import finds
/// the same database.
pub(crate) async fn reset(client: &Client, entry: i64) -> Result<(), String> {
    let values = "DELETE FROM indicator_values WHERE indicator_code LIKE 'I%'";
    let record = "DELETE FROM history WHERE entry_id > $1";
    client.execute(values, &[]).await.map_err(failed)?;
    client.execute(record, &[&entry]).await.map_err(failed)?;
    let vacuum = "VACUUM (ANALYZE) indicator_values, history";
    client.batch_execute(vacuum).await.map_err(failed)
}

/// How many rows the record has as `action` since then.
pub(crate) async fn recorded(client: &Client, entry: i64, action: &str) -> Result<i64, String> {
    let recorded = "SELECT count(*) FROM history WHERE entry_id > $1 AND action = $2";
    let row = client.query_one(recorded, &[&entry, &action]).await;
    Ok(row.map_err(failed)?.get(0))
}

/// The code of an indicator of rows that are imported beside others.
pub(crate) fn indicator(number: u32) -> String {
    format!("I{:05}", number + 1)
}

impl Imports<'_> {
    /// Both files with one of the two, and everything as it was before.
    async fn round(&self, ours: bool) -> Result<Took, String> {
        let mut took = [Duration::ZERO; 2];
        let mut memory = 0;
        for ((file, took), action) in self.files.iter().zip(&mut took).zip(["created", "updated"]) {
            self.client
                .batch_execute("CHECKPOINT")
                .await
                .map_err(failed)?;
            let (time, most) = if ours {
                fill::import(self.malbild, file, self.options).await?
            } else {
                self.copy(file).await?
            };
            *took = time;
            memory = most.max(memory);
            self.check(action).await?;
        }
        reset(&self.client, self.entry).await?;
        let [inserted, changed] = took;
        Ok(Took {
            inserted,
            changed,
            memory,
        })
    }

    async fn copy(&self, file: &Path) -> Result<(Duration, u64), String> {
        let mut command = pinned(&self.psql, self.options.server_cpus.as_deref());
        command
            .args(["--no-psqlrc", "--quiet", "--single-transaction"])
            .args([
                "--set",
                "ON_ERROR_STOP=1",
                "--dbname",
                &self.malbild.urls.runtime,
            ])
            .args([
                "--command",
                "SELECT set_config('malbild.role', 'operator', true)",
            ])
            .args(["--command", STAGING])
            .arg("--command")
            .arg(format!(
                "\\copy incoming FROM '{}' CSV HEADER",
                file.display()
            ))
            .args(["--command", UPSERT])
            .stdout(Stdio::null());
        let begun = Instant::now();
        let mut process = Process::start("psql", command)?;
        let most = process.succeeds().await?;
        Ok((begun.elapsed(), most))
    }

    /// Fails unless every row was created, or updated, and recorded.
    async fn check(&self, action: &str) -> Result<(), String> {
        let found = recorded(&self.client, self.entry, action).await?;
        if found == i64::from(self.options.import) {
            Ok(())
        } else {
            Err(format!("the import: {found} rows were {action}"))
        }
    }
}

/// The program itself, not the script that Debian has on the PATH: that one
/// takes time to find it.
pub(crate) fn psql() -> Result<PathBuf, String> {
    let named = std::env::var_os("POSTGRES_BIN_DIR").map(PathBuf::from);
    let mut debian: Vec<PathBuf> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    named
        .into_iter()
        .chain(debian.into_iter().rev())
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join("psql"))
        .find(|program| program.is_file())
        .ok_or_else(|| "psql is missing: install PostgreSQL's client, or --import 0".to_owned())
}

pub(crate) fn failed(error: tokio_postgres::Error) -> String {
    format!("the import: {error:?}")
}
