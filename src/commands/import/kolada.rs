//! `malbild import kolada`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::commands::store::Store;
use crate::config::DatabaseSettings;
use crate::database::text_enum::Choice;
use crate::http::text;
use crate::import::kolada::{Progress, Report, Task, Told, import};

crate::text_enum! {
    /// How the summary is printed (form).
    pub enum Format {
        /// For people.
        Text = "text",
        /// One JSON object, with the first thousand of each list.
        Json = "json",
    }
}

/// What `malbild import kolada` is told.
///
/// Key figures become indicators and their figures values, with provenance kolada. A
/// value that is reported here is never written over unless that is asked for, and of an
/// indicator that is here only what is Kolada's own is changed. Written in units: an
/// import that was interrupted goes on where it stopped when the same command is given
/// within 12 hours, and after one that is finished the same command asks only for what
/// has changed since. See docs/kolada-import.md.
#[derive(Args, Clone, Debug)]
pub(in crate::commands) struct Kolada {
    /// Where Kolada's API is
    #[arg(long, value_name = "URL", default_value = "https://api.kolada.se/v3")]
    base_url: String,
    /// Kolada's ids of the key figures, such as N00945,N01951; without it the
    /// indicators whose publisher is Kolada, or all in the files
    #[arg(long, value_name = "IDS", value_delimiter = ',', value_parser = code)]
    indicators: Vec<String>,
    /// The municipalities, regions (0023) or the country (0000); without it and without
    /// --group all of Kolada's
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = municipality)]
    municipalities: Vec<String>,
    /// The municipalities of this group, of Kolada's or one that is here
    #[arg(long, value_name = "ID", value_parser = code, conflicts_with = "municipalities")]
    group: Option<String>,
    /// The years, such as 2015-2024,2026; without it all
    #[arg(long, value_name = "YEARS", value_delimiter = ',', value_parser = years)]
    years: Vec<Years>,
    /// A saved answer of Kolada's, to be read instead of asking; may be given several
    /// times. What it holds is seen from its content: key figures, municipalities,
    /// groups or data
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Let Kolada's figures replace reported ones, too
    #[arg(long)]
    overwrite_reported: bool,
    /// Ask for everything, also where it is known since when to ask for changes
    #[arg(long, conflicts_with = "files")]
    full: bool,
    /// Tell what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// How the summary is printed
    #[arg(long, default_value = "text", value_name = "FORM", value_parser = PossibleValuesParser::new(Format::WORDS))]
    format: String,
    /// For how many seconds a request that fails is tried again
    #[arg(long, default_value_t = 300, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    patience: u64,
}

/// Some years in a row.
#[derive(Clone, Debug)]
struct Years(std::ops::RangeInclusive<i32>);

fn years(raw: &str) -> Result<Years, String> {
    let year = |raw| text::year(raw).ok_or_else(|| "a year is from 1900 to 2200".to_owned());
    let (first, last) = match raw.split_once('-') {
        Some((first, last)) => (year(first)?, year(last)?),
        None => (year(raw)?, year(raw)?),
    };
    if first > last {
        return Err(format!("{first} is after {last}"));
    }
    Ok(Years(first..=last))
}

fn code(raw: &str) -> Result<String, String> {
    text::code(raw).ok_or_else(|| "must match [A-Z0-9-]{1,40}".to_owned())
}

fn municipality(raw: &str) -> Result<String, String> {
    text::municipality_code(raw).ok_or_else(|| "must be four digits".to_owned())
}

impl Kolada {
    /// Imports and prints the summary; also where it stops before its end.
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        let task = self.task();
        let store = Store::open(settings).await?;
        let (told, bar) = bar();
        let done = async {
            store.migrate().await?;
            let mut connection = store.runtime().await?;
            Ok(import(&mut connection, &task, &told).await)
        };
        let done: Result<_, String> = done.await;
        store.close().await;
        bar.finish_and_clear();
        match done? {
            Ok(report) => self.show(&report),
            Err(stopped) if !stopped.written => {
                Err(format!("{}. Nothing was written.", stopped.why))
            }
            Err(stopped) => {
                self.show(&stopped.report)?;
                Err(format!(
                    "{}. What is told above has been written; the same command goes on from there.",
                    stopped.why
                ))
            }
        }
    }

    fn task(&self) -> Task {
        let mut years: Vec<i32> = self
            .years
            .iter()
            .flat_map(|years| years.0.clone())
            .collect();
        years.sort_unstable();
        years.dedup();
        let mut municipalities = self.municipalities.clone();
        municipalities.sort_unstable();
        municipalities.dedup();
        Task {
            base_url: self.base_url.clone(),
            indicators: self.indicators.clone(),
            municipalities,
            group: self.group.clone(),
            years,
            files: self.files.clone(),
            overwrite_reported: self.overwrite_reported,
            full: self.full,
            dry_run: self.dry_run,
            patience: Duration::from_secs(self.patience),
        }
    }

    fn show(&self, report: &Report) -> Result<(), String> {
        match Format::from_word(&self.format) {
            Some(Format::Json) => {
                let json = serde_json::to_string_pretty(report);
                println!("{}", json.map_err(|error| error.to_string())?);
            }
            Some(Format::Text) | None => print!("{report}"),
        }
        Ok(())
    }
}

/// The progress bar, which shows itself on a terminal only, and what moves it.
fn bar() -> (Told, ProgressBar) {
    let bar = ProgressBar::new(0);
    let template = "Importing {bar:40} {human_pos} of {human_len} parts, {msg} figures, {eta} left";
    // A template that cannot be read leaves the bar as it is.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let moved = bar.clone();
    let told = move |progress: Progress| {
        moved.set_message(HumanCount(progress.figures).to_string());
        moved.set_length(progress.of);
        moved.set_position(progress.done);
    };
    (Arc::new(told), bar)
}
