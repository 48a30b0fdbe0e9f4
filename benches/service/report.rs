//! The tables, as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use crate::cases::Case;
use crate::exports::{self, Exports};
use crate::fill::Filled;
use crate::imports::{Compared, Took};
use crate::load::Measured;
use crate::loads::{CASES, Loads, WAYS};
use crate::run::SERVERS;

const MIB: f64 = 1024.0 * 1024.0;

/// What the three servers did in one case: a row for each round.
pub(crate) struct Measurements<'a> {
    pub(crate) case: &'a Case,
    pub(crate) bytes: usize,
    pub(crate) rounds: Vec<[Measured; 3]>,
}

/// Everything that a run has measured.
pub(crate) struct Report<'a> {
    pub(crate) facts: Vec<String>,
    pub(crate) filled: Filled,
    pub(crate) results: Vec<Measurements<'a>>,
    /// The memory of each server after all loads, in bytes.
    pub(crate) memory: [u64; 3],
    pub(crate) imports: Option<Compared>,
    pub(crate) loads: Option<Loads>,
    pub(crate) exports: Option<Exports>,
}

impl Report<'_> {
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::new();
        for fact in &self.facts {
            let _ = writeln!(out, "- {fact}");
        }
        out += &self.others();
        out += &self.rates();
        out += &self.times();
        out += &self.processors();
        out += &self.sizes();
        out += &self.loads.as_ref().map(Loads::table).unwrap_or_default();
        out += &self
            .exports
            .as_ref()
            .map(Exports::table)
            .unwrap_or_default();
        out
    }

    /// How quiet the machine was: the figures mean little when it was not.
    fn others(&self) -> String {
        let rounds = self.results.iter().flat_map(|result| &result.rounds);
        let others: Vec<f64> = rounds.flatten().map(|one| one.others * 100.0).collect();
        let most = others.iter().copied().fold(0.0, f64::max);
        if others.is_empty() {
            return String::new();
        }
        let half = median(others.into_iter());
        format!("- other programs: {half:.0} % of the processors (median), at most {most:.0} %\n")
    }

    fn rates(&self) -> String {
        let mut out = heading(&[
            "requests a second",
            "bytes",
            "malbild",
            "minimal",
            "static",
            "malbild ÷ minimal",
            "malbild ÷ static",
        ]);
        for result in &self.results {
            let rate = |server| format!("{:.0}", result.median(server, |one| one.rate));
            out += &row(&[
                result.name(),
                result.bytes.to_string(),
                rate(0),
                rate(1),
                rate(2),
                result.ratio(1),
                result.ratio(2),
            ]);
        }
        let rate = |letter| {
            let found = self
                .results
                .iter()
                .find(|result| result.case.letter == letter);
            found.map(|result| result.median(0, |one| one.rate))
        };
        if let (Some(first), Some(far)) = (rate("e1"), rate("e2")) {
            let _ = writeln!(
                out,
                "\nThe far page has {:.2} of the first one's rate.",
                far / first
            );
        }
        out
    }

    fn times(&self) -> String {
        let mut out = heading(&[
            "milliseconds",
            "malbild p50",
            "minimal p50",
            "static p50",
            "malbild p99",
            "minimal p99",
            "static p99",
        ]);
        for result in &self.results {
            let mut cells = vec![result.name()];
            for read in [|one: &Measured| one.median, |one: &Measured| one.slowest] {
                cells.extend((0..3).map(|server| format!("{:.2}", result.median(server, read))));
            }
            out += &row(&cells);
        }
        out
    }

    fn processors(&self) -> String {
        let mut out = heading(&[
            "processor time a request, µs",
            "malbild",
            "its PostgreSQL",
            "minimal",
            "its PostgreSQL",
            "static",
            "malbild ÷ minimal",
            "wrk, on malbild",
        ]);
        for result in &self.results {
            let both = |server| result.median(server, |one| one.server + one.postgres);
            let time =
                |server, read: fn(&Measured) -> f64| format!("{:.0}", result.median(server, read));
            out += &row(&[
                result.name(),
                time(0, |one| one.server),
                time(0, |one| one.postgres),
                time(1, |one| one.server),
                time(1, |one| one.postgres),
                time(2, |one| one.server),
                format!("{:.2}", both(0) / both(1)),
                time(0, |one| one.load),
            ]);
        }
        out
    }

    fn sizes(&self) -> String {
        let mut out = heading(&["memory after all loads", "MiB"]);
        for (name, bytes) in SERVERS.iter().zip(self.memory) {
            out += &row(&[(*name).to_owned(), format!("{:.1}", bytes as f64 / MIB)]);
        }
        out += &heading(&[
            "import",
            "rows",
            "malbild",
            "psql",
            "malbild ÷ psql",
            "malbild's memory",
        ]);
        if let Some((took, most)) = self.filled.import {
            out += &row(&[
                "the fill".to_owned(),
                self.filled.values.to_string(),
                seconds(took),
                "–".to_owned(),
                "–".to_owned(),
                format!("{:.1} MiB", most as f64 / MIB),
            ]);
        }
        if let Some(compared) = &self.imports {
            out += &compared.row("new rows", |took| took.inserted);
            out += &compared.row("every figure changed", |took| took.changed);
        }
        out
    }
}

impl Measurements<'_> {
    fn name(&self) -> String {
        format!("({}) {}", self.case.letter, self.case.name)
    }

    fn median(&self, server: usize, read: impl Fn(&Measured) -> f64) -> f64 {
        median(
            self.rounds
                .iter()
                .filter_map(|round| round.get(server))
                .map(read),
        )
    }

    /// The median of the rounds' ratios, with the least and the greatest.
    fn ratio(&self, other: usize) -> String {
        let rate = |round: &[Measured; 3], server: usize| round.get(server).map(|one| one.rate);
        let ratios = self
            .rounds
            .iter()
            .filter_map(|round| Some(rate(round, 0)? / rate(round, other)?));
        let ratios: Vec<f64> = ratios.collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = ratios.iter().copied().fold(0.0, f64::max);
        format!(
            "**{:.2}** ({least:.2}–{greatest:.2})",
            median(ratios.into_iter())
        )
    }
}

impl Compared {
    fn row(&self, name: &str, read: impl Fn(&Took) -> Duration) -> String {
        let times = |which: usize| self.rounds.iter().filter_map(move |round| round.get(which));
        let time = |which| median(times(which).map(|took| read(took).as_secs_f64()));
        let (ours, theirs) = (time(0), time(1));
        let most = times(0).map(|took| took.memory).max().unwrap_or(0);
        row(&[
            name.to_owned(),
            self.rows.to_string(),
            format!("{ours:.2} s"),
            format!("{theirs:.2} s"),
            format!("**{:.2}**", ours / theirs),
            format!("{:.1} MiB", most as f64 / MIB),
        ])
    }
}

impl Loads {
    fn table(&self) -> String {
        let mut out = heading(&[
            "load, ms",
            "rows",
            WAYS[0],
            WAYS[1],
            WAYS[2],
            WAYS[3],
            "JSON ÷ COPY",
            "NDJSON ÷ COPY",
            "CSV ÷ COPY",
        ]);
        for (case, name) in CASES.iter().enumerate() {
            let mut cells = vec![(*name).to_owned(), self.rows.to_string()];
            let took = |way: usize| {
                let times = self.rounds.iter();
                times.map(move |round| round[way][case].as_secs_f64() * 1000.0)
            };
            cells.extend((0..WAYS.len()).map(|way| format!("{:.0}", median(took(way)))));
            cells.extend((1..WAYS.len()).map(|way| spread(took(way), took(0))));
            out += &row(&cells);
        }
        out
    }
}

impl Exports {
    fn table(&self) -> String {
        let ways = exports::WAYS;
        let mut out = heading(&[
            "export, s",
            "rows",
            ways[0],
            ways[1],
            ways[2],
            "CSV ÷ psql",
            "NDJSON ÷ psql",
            "memory, at rest",
            "with a reader at 1 kB/s",
        ]);
        let took = |way: usize| {
            self.rounds
                .iter()
                .map(move |round| round[way].as_secs_f64())
        };
        let mut cells = vec!["all values".to_owned(), self.rows.to_string()];
        cells.extend((0..ways.len()).map(|way| format!("{:.2}", median(took(way)))));
        cells.extend((1..ways.len()).map(|way| spread(took(way), took(0))));
        cells.extend(
            self.memory
                .map(|bytes| format!("{:.1} MiB", bytes as f64 / MIB)),
        );
        out += &row(&cells);
        out
    }
}

/// The ratio of two times, round by round: its median, the least and the greatest.
fn spread(one: impl Iterator<Item = f64>, other: impl Iterator<Item = f64>) -> String {
    let ratios: Vec<f64> = one.zip(other).map(|(one, other)| one / other).collect();
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = ratios.iter().copied().fold(0.0, f64::max);
    let half = median(ratios.into_iter());
    format!("**{half:.2}** ({least:.2}–{greatest:.2})")
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

fn heading(cells: &[&str]) -> String {
    let rule = "| --- ".repeat(cells.len());
    format!("\n| {} |\n{rule}|\n", cells.join(" | "))
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The one in the middle, or the mean of the two there.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle.wrapping_sub(1)), values.get(middle)) {
        (Some(low), Some(high)) if values.len().is_multiple_of(2) => (low + high) / 2.0,
        (_, Some(middle)) => *middle,
        _ => f64::NAN,
    }
}
