//! `malbild import values`

use std::fs::File;
use std::io::{Read, Stdin, stdin};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::told;
use crate::commands::store::Store;
use crate::config::DatabaseSettings;
use crate::database::{Actor, transaction};
use crate::import::values::{MAX_FAULTS, Progress, Report, Rows, load};
use crate::problem::Problem;

/// What `malbild import values` is told.
///
/// All rows are written in one transaction, or none: then each fault is told
/// with its row, field and reason. A row is written as a PUT: an empty cell, or a
/// column that is not there, is null or the default, which is `final` for status
/// and `reported` for provenance (say `kolada` for figures of Kolada's).
#[derive(Args, Clone, Debug)]
pub(in crate::commands) struct Values {
    /// The CSV file, or - for standard input. Its header is
    /// indicatorCode,municipalityCode,year,gender,value and, as wanted, status
    /// (final, preliminary, missing, confidential), provenance (reported, kolada,
    /// derived), note
    file: PathBuf,
}

/// Where the rows come from.
enum Input {
    File(File),
    Stdin(Stdin),
}

impl Input {
    fn open(path: &Path) -> Result<(Self, Option<u64>), String> {
        if path == Path::new("-") {
            return Ok((Self::Stdin(stdin()), None));
        }
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        Ok((Self::File(file), about.is_file().then_some(about.len())))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Stdin(stdin) => stdin.read(buffer),
        }
    }
}

impl Values {
    /// Loads the file in one transaction and prints what was done, or every
    /// fault and that nothing was.
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        let (input, length) = Input::open(&self.file)?;
        let rows = Rows::new(input)
            .map_err(|fault| self.told(&format!("{fault}. Nothing was written.")))?;
        let store = Store::open(settings).await?;
        let mut bar = Bar::new(length);
        let done = async {
            store.migrate().await?;
            let mut connection = store.runtime().await?;
            let work = transaction(
                &mut connection,
                Actor::command("operator"),
                move |connection| {
                    Box::pin(async move {
                        let report =
                            load(connection, rows, &mut |progress| bar.show(progress)).await;
                        bar.end();
                        report
                    })
                },
            );
            work.await
                .map_err(|failure| self.told(&told(&Problem::from(failure))))
        };
        let done = done.await;
        store.close().await;
        match done? {
            Report::Loaded(loaded) => {
                if loaded.kept > 0 {
                    println!(
                        "{} kept: reported, which Kolada's figures do not replace.",
                        HumanCount(loaded.kept.unsigned_abs())
                    );
                }
                println!(
                    "{} created, {} updated, {} unchanged.",
                    HumanCount(loaded.created.unsigned_abs()),
                    HumanCount(loaded.updated.unsigned_abs()),
                    HumanCount(loaded.unchanged.unsigned_abs())
                );
                Ok(())
            }
            Report::Refused {
                faults,
                total,
                rows,
            } => {
                for fault in &faults {
                    eprintln!("{fault}");
                }
                Err(self.told(&refusal(faults.len(), total, rows)))
            }
        }
    }

    fn told(&self, what: &str) -> String {
        format!("{}: {what}", self.file.display())
    }
}

fn refusal(told: usize, total: usize, rows: i64) -> String {
    let faults = if total == 1 { "fault" } else { "faults" };
    let rows = if rows == 1 {
        "1 row".to_owned()
    } else {
        format!("{rows} rows")
    };
    let more = if total > told {
        format!(", of which the first {MAX_FAULTS} are told")
    } else {
        String::new()
    };
    format!("{total} {faults} in {rows}{more}. Nothing was written.")
}

/// The progress bar, which shows itself on a terminal only.
struct Bar {
    bar: ProgressBar,
    length: Option<u64>,
}

impl Bar {
    fn new(length: Option<u64>) -> Self {
        let bar = match length {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::no_length(),
        };
        Self { bar, length }.styled(if length.is_some() {
            "Reading  {bar:40} {bytes} of {total_bytes}, {msg} rows"
        } else {
            "Reading  {bytes}, {msg} rows"
        })
    }

    fn styled(self, template: &str) -> Self {
        // A template that cannot be read leaves the bar as it is.
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self
    }

    fn show(&mut self, progress: Progress) {
        match progress {
            Progress::Read { bytes, rows } => {
                self.bar
                    .set_position(bytes.min(self.length.unwrap_or(bytes)));
                self.bar
                    .set_message(HumanCount(rows.unsigned_abs()).to_string());
            }
            Progress::Checking => self.next("Checking {spinner}"),
            Progress::Written { rows, of } => {
                if self.bar.length() != Some(of.unsigned_abs()) {
                    self.next("Writing  {bar:40} {human_pos} of {human_len} rows, {eta} left");
                    self.bar.set_length(of.unsigned_abs());
                }
                self.bar.set_position(rows.unsigned_abs());
            }
        }
    }

    /// A new line for the next part of the work.
    fn next(&mut self, template: &str) {
        self.end();
        let next = Self {
            bar: ProgressBar::no_length(),
            length: None,
        };
        *self = next.styled(template);
        self.bar.tick();
    }

    fn end(&self) {
        self.bar.abandon();
        if !self.bar.is_hidden() {
            eprintln!();
        }
    }
}
