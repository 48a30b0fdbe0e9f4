//! `POST /values` beside COPY into a temporary table and an INSERT from it, into
//! the same table with the same triggers.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::SinkExt;
use malbild::database::Target;
use tokio_postgres::Client;

use crate::Options;
use crate::fill;
use crate::imports::{STAGING, UPSERT, failed, indicator, prepare, recorded, reset};
use crate::program::Malbild;

/// The ways that are compared: COPY, and the forms of a load.
pub(crate) const WAYS: [&str; 4] = ["COPY", "JSON", "NDJSON", "CSV"];
/// What the rows are beside what is there.
pub(crate) const CASES: [&str; 3] = ["new rows", "every figure changed", "nothing changed"];

/// What each way took for each case, round by round.
pub(crate) struct Loads {
    pub(crate) rows: u32,
    pub(crate) rounds: Vec<[[Duration; 3]; 4]>,
}

/// The bodies of one case, way by way; COPY has that of CSV.
type Bodies = [Vec<u8>; 4];

struct Comparison<'a> {
    malbild: &'a Malbild,
    key: &'a str,
    http: reqwest::Client,
    /// Whoever copies has a connection open, as the service has.
    copying: Client,
    watching: Client,
    rows: i64,
    entry: i64,
}

/// Compares the ways in as many rounds as the servers, in rotating order.
pub(crate) async fn compare(
    malbild: &Malbild,
    folder: &Path,
    key: &str,
    options: &Options,
) -> Result<Loads, String> {
    let mut bodies = Vec::new();
    for change in [0, 1, 1] {
        let file = folder.join("load.csv");
        fill::write(&file, options.load, indicator, change)?;
        let csv = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
        bodies.push(forms(csv));
    }
    let runtime = Target::parse(&malbild.urls.runtime).map_err(|error| error.to_string())?;
    let watching = fill::superuser(malbild).await?;
    let comparison = Comparison {
        malbild,
        key,
        http: reqwest::Client::new(),
        copying: runtime.client().await.map_err(|error| error.to_string())?,
        entry: prepare(&watching, options.load).await?,
        watching,
        rows: i64::from(options.load),
    };
    reset(&comparison.watching, comparison.entry).await?;
    let mut rounds = Vec::new();
    for round in 0..options.rounds as usize {
        eprintln!("loads, round {}", round + 1);
        let mut took = [[Duration::ZERO; 3]; 4];
        for turn in 0..WAYS.len() {
            let way = (round + turn) % WAYS.len();
            took[way] = comparison.round(way, &bodies).await?;
        }
        rounds.push(took);
    }
    Ok(Loads {
        rows: options.load,
        rounds,
    })
}

/// The rows of a CSV in every form.
fn forms(csv: String) -> Bodies {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [
            indicator,
            municipality,
            year,
            gender,
            value,
            status,
            provenance,
            _,
        ] = cells[..]
        else {
            return String::new();
        };
        let value = if value.is_empty() { "null" } else { value };
        format!(
            "{{\"indicatorCode\":\"{indicator}\",\"municipalityCode\":\"{municipality}\",\"year\":{year},\"gender\":\"{gender}\",\
             \"value\":{value},\"status\":\"{status}\",\"provenance\":\"{provenance}\",\"note\":null}}"
        )
    };
    let rows: Vec<String> = csv.lines().skip(1).map(row).collect();
    let array = format!("[{}]", rows.join(","));
    let csv = csv.into_bytes();
    [
        csv.clone(),
        array.into_bytes(),
        rows.join("\n").into_bytes(),
        csv,
    ]
}

impl Comparison<'_> {
    /// All cases in one way, and everything as it was before.
    async fn round(&self, way: usize, bodies: &[Bodies]) -> Result<[Duration; 3], String> {
        let mut took = [Duration::ZERO; 3];
        for (took, bodies) in took.iter_mut().zip(bodies) {
            self.watching
                .batch_execute("CHECKPOINT")
                .await
                .map_err(failed)?;
            let body = bodies[way].clone();
            *took = match way {
                0 => self.copy(body).await?,
                1 => self.post("application/json", body).await?,
                2 => self.post("application/x-ndjson", body).await?,
                _ => self.post("text/csv", body).await?,
            };
        }
        for action in ["created", "updated"] {
            let found = recorded(&self.watching, self.entry, action).await?;
            if found != self.rows {
                return Err(format!("a load: {found} rows were {action}"));
            }
        }
        reset(&self.watching, self.entry).await?;
        Ok(took)
    }

    async fn copy(&self, body: Vec<u8>) -> Result<Duration, String> {
        let begun = Instant::now();
        let role = "BEGIN; SELECT set_config('malbild.role', 'editor', true); ";
        let begin = format!("{role}{STAGING}");
        self.copying.batch_execute(&begin).await.map_err(failed)?;
        let copy = "COPY incoming FROM STDIN CSV HEADER";
        let sink = self.copying.copy_in(copy).await.map_err(failed)?;
        let mut sink = Box::pin(sink);
        sink.send(std::io::Cursor::new(body))
            .await
            .map_err(failed)?;
        sink.as_mut().finish().await.map_err(failed)?;
        let end = format!("{UPSERT}; COMMIT");
        self.copying.batch_execute(&end).await.map_err(failed)?;
        Ok(begun.elapsed())
    }

    async fn post(&self, media_type: &str, body: Vec<u8>) -> Result<Duration, String> {
        let begun = Instant::now();
        let url = format!("http://{}/malbild/v1/values", self.malbild.address);
        let request = self.http.post(url).bearer_auth(self.key);
        let answer = request.header("content-type", media_type).body(body);
        let answer = answer.send().await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| error.to_string())?;
        if status != 200 {
            return Err(format!("a load was answered {status}: {text}"));
        }
        Ok(begun.elapsed())
    }
}
