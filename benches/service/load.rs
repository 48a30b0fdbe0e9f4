//! The load generator, wrk, and what it has measured.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::Options;
use crate::cases::Case;
use crate::fill;
use crate::process::{Process, collected_time, family_time, machine_time, processor_time};
use crate::program::pinned;

/// How long a server is warmed up, in seconds.
const WARM_UP: u64 = 1;
/// So many PUTs fit between the figures of two loads.
const BETWEEN: u64 = 10_000_000;

/// The script of a GET: tells the figures at the end, in microseconds.
const TELL: &str = "
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('measured %.0f %.0f %.0f %.0f %.0f\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
";

/// The script of the PUT: each to the next value of an indicator, with a figure
/// that no value has had.
const PUT: &str = "
local at = @FROM@
wrk.headers['Content-Type'] = 'application/json'
wrk.headers['Authorization'] = 'Bearer @KEY@'
request = function()
  at = at + 1
  local path = string.format('@PATH@/%04d/%d/T', 1000 + at % @MUNICIPALITIES@, 2000 + at % 25)
  local body = string.format('{\"value\": %d, \"status\": \"final\", \"provenance\": \"kolada\"}', at)
  return wrk.format('PUT', path, nil, body)
end
";

/// What a server did in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Half of the answers took no longer, in milliseconds.
    pub(crate) median: f64,
    /// 99 of 100 answers took no longer.
    pub(crate) slowest: f64,
    /// The server's processor time for a request, in microseconds.
    pub(crate) server: f64,
    /// PostgreSQL's.
    pub(crate) postgres: f64,
    /// The load generator's.
    pub(crate) load: f64,
    /// Which part of all processors other programs took meanwhile.
    pub(crate) others: f64,
}

/// What loads servers.
pub(crate) struct Loader<'a> {
    pub(crate) options: &'a Options,
    pub(crate) folder: &'a Path,
    pub(crate) key: &'a str,
    pub(crate) postmaster: u32,
    pub(crate) loads: u64,
}

impl Loader<'_> {
    /// Warms a server up, then measures it. Fails when any answer was an error.
    pub(crate) async fn measure(
        &mut self,
        case: &Case,
        base: &str,
        pid: u32,
    ) -> Result<Measured, String> {
        self.load(case, base, WARM_UP).await?;
        let before = Times::now(pid, self.postmaster);
        let told = self.load(case, base, self.options.seconds).await?;
        let took = Times::now(pid, self.postmaster).since(&before);
        let each = |seconds: f64| seconds * 1e6 / told.requests;
        let ours = took.server + took.postgres + took.load;
        Ok(Measured {
            rate: told.requests / told.seconds,
            median: told.median / 1e3,
            slowest: told.slowest / 1e3,
            server: each(took.server),
            postgres: each(took.postgres),
            load: each(took.load),
            others: ((took.busy - ours) / (took.busy + took.idle)).max(0.0),
        })
    }

    async fn load(&mut self, case: &Case, base: &str, seconds: u64) -> Result<Told, String> {
        let script = self.script(case)?;
        let mut command = pinned("wrk", self.options.load_cpus.as_deref());
        command
            .args(["--threads", "1", "--timeout", "10s", "--latency"])
            .args(["--connections", &self.options.connections.to_string()])
            .args(["--duration", &format!("{seconds}s")])
            .arg("--script")
            .arg(script)
            .arg(format!(
                "{base}{}",
                if case.writes { "" } else { &case.path }
            ))
            .stdout(Stdio::piped());
        let mut process = Process::start("wrk", command)?;
        process.succeeds().await?;
        let output = process.output()?;
        let told = Told::read(&output).ok_or_else(|| format!("wrk says {output}"))?;
        if told.errors > 0.0 || told.requests == 0.0 {
            return Err(format!("case {}, {base}: wrk says {output}", case.letter));
        }
        Ok(told)
    }

    fn script(&mut self, case: &Case) -> Result<PathBuf, String> {
        self.loads += 1;
        let put = PUT
            .replace("@FROM@", &(self.loads * BETWEEN).to_string())
            .replace("@KEY@", self.key)
            .replace("@PATH@", &case.path)
            .replace("@MUNICIPALITIES@", &fill::MUNICIPALITIES.to_string());
        let script = if case.writes {
            put + TELL
        } else {
            TELL.to_owned()
        };
        let path = self.folder.join("wrk.lua");
        fs::write(&path, script).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

/// Processor times, in seconds.
struct Times {
    server: f64,
    postgres: f64,
    load: f64,
    busy: f64,
    idle: f64,
}

impl Times {
    fn now(server: u32, postmaster: u32) -> Self {
        let (busy, idle) = machine_time();
        Self {
            server: processor_time(server),
            postgres: family_time(postmaster),
            load: collected_time(),
            busy,
            idle,
        }
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            server: self.server - before.server,
            postgres: self.postgres - before.postgres,
            load: self.load - before.load,
            busy: self.busy - before.busy,
            idle: self.idle - before.idle,
        }
    }
}

struct Told {
    requests: f64,
    seconds: f64,
    median: f64,
    slowest: f64,
    errors: f64,
}

impl Told {
    fn read(output: &str) -> Option<Self> {
        let line = output
            .lines()
            .find_map(|line| line.strip_prefix("measured "))?;
        let figures: Vec<f64> = line
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        let [requests, microseconds, median, slowest, errors] = figures.try_into().ok()?;
        Some(Self {
            requests,
            seconds: microseconds / 1e6,
            median,
            slowest,
            errors,
        })
    }
}
