//! `malbild import values`

use std::fs::File;
use std::io::{Read, Stdin, stdin};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use clap::builder::PossibleValuesParser;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::told;
use crate::commands::store::Store;
use crate::config::DatabaseSettings;
use crate::database::text_enum::Choice;
use crate::database::{Actor, transaction};
use crate::import::values::{LoadReport, Mode, Progress, Rows, Task, load};
use crate::problem::Problem;
use crate::resources::values::{OnConflict, Terms};

/// What `malbild import values` is told.
///
/// All rows are written in one transaction, or none: then each fault is told
/// with its row, field and reason. A row is written as a PUT: an empty cell, or a
/// column that is not there, is null or the default, which is `final` for status
/// and `reported` for provenance (say `kolada` for figures of Kolada's). It is the
/// same load as POST /values.
#[derive(Args, Clone, Debug)]
pub(in crate::commands) struct Values {
    /// The CSV file, or - for standard input. Its header is
    /// indicatorCode,municipalityCode,year,gender,value and, as wanted, status
    /// (final, preliminary, missing, confidential), provenance (reported, kolada,
    /// derived), note, action (upsert, delete)
    file: PathBuf,
    /// Reject the rows that are wrong and write the others
    #[arg(long)]
    partial: bool,
    /// What becomes of a value that is there already
    #[arg(long, default_value = "update", value_name = "WHAT", value_parser = PossibleValuesParser::new(OnConflict::WORDS))]
    on_conflict: String,
    /// Let Kolada's figures replace reported ones, too
    #[arg(long)]
    overwrite_reported: bool,
    /// Tell what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Where the rows come from, and how many bytes have been read of it.
struct Input {
    source: Source,
    read: Arc<AtomicU64>,
}

enum Source {
    File(File),
    Stdin(Stdin),
}

impl Input {
    fn open(path: &Path) -> Result<(Self, Option<u64>), String> {
        let read = Arc::default();
        if path == Path::new("-") {
            let source = Source::Stdin(stdin());
            return Ok((Self { source, read }, None));
        }
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        let source = Source::File(file);
        Ok((
            Self { source, read },
            about.is_file().then_some(about.len()),
        ))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = match &mut self.source {
            Source::File(file) => file.read(buffer),
            Source::Stdin(stdin) => stdin.read(buffer),
        }?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Values {
    /// Loads the file in one transaction and prints what was done, or every
    /// fault and that nothing was.
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        let (input, length) = Input::open(&self.file)?;
        let read = Arc::clone(&input.read);
        let mut rows = Rows::new(input)
            .map_err(|fault| self.told(&format!("{fault}. Nothing was written.")))?;
        let task = self.task();
        let store = Store::open(settings).await?;
        let mut bar = Bar::new(length, read);
        let done = async {
            store.migrate().await.map_err(Failed::Early)?;
            let mut connection = store.runtime().await.map_err(Failed::Early)?;
            let work = transaction(
                &mut connection,
                Actor::command("operator"),
                move |connection| {
                    Box::pin(async move {
                        let mut next = || Ok(rows.next_row()?);
                        let mut told = |progress| bar.show(progress);
                        let report = load(connection, &mut next, &task, &mut told).await;
                        bar.end();
                        report
                    })
                },
            );
            work.await
                .map_err(|failure| Failed::Load(Problem::from(failure)))
        };
        let done = done.await;
        store.close().await;
        match done {
            Ok(report) => {
                show(&report);
                Ok(())
            }
            Err(Failed::Early(what)) => Err(what),
            Err(Failed::Load(problem)) => {
                for fault in &problem.errors {
                    let (row, field) = (fault.row.unwrap_or(0), fault.field.as_deref());
                    eprintln!("row {row}, {}: {}", field.unwrap_or("row"), fault.detail);
                }
                Err(self.told(&told(&problem)))
            }
        }
    }

    fn task(&self) -> Task {
        Task {
            mode: if self.partial {
                Mode::Partial
            } else {
                Mode::Atomic
            },
            terms: Terms {
                on_conflict: OnConflict::from_word(&self.on_conflict).unwrap_or(OnConflict::Update),
                overwrite_reported: self.overwrite_reported,
                withdraw_koladas_alone: false,
                board_id: None,
            },
            dry_run: self.dry_run,
            details: false,
        }
    }

    fn told(&self, what: &str) -> String {
        format!("{}: {what}", self.file.display())
    }
}

/// How it can fail: before the load, or with it.
enum Failed {
    Early(String),
    Load(Problem),
}

/// Prints what was done.
fn show(report: &LoadReport) {
    let count = |number: i64| HumanCount(number.unsigned_abs());
    for fault in &report.rows {
        eprintln!("row {}, {}: {}", fault.row, fault.field, fault.detail);
    }
    if report.rejected > 0 {
        let (rejected, total) = (count(report.rejected), count(report.total_errors));
        println!("{rejected} rejected; faults in all: {total}.");
    }
    if report.kept > 0 {
        println!(
            "{} kept: reported, which Kolada's figures do not replace.",
            count(report.kept)
        );
    }
    if report.deleted > 0 {
        println!("{} withdrawn.", count(report.deleted));
    }
    println!(
        "{} created, {} updated, {} unchanged.",
        count(report.created),
        count(report.updated),
        count(report.unchanged)
    );
    if report.dry_run {
        println!("This was a dry run: nothing was written.");
    }
}

/// The progress bar, which shows itself on a terminal only.
struct Bar {
    bar: ProgressBar,
    length: Option<u64>,
    read: Arc<AtomicU64>,
}

impl Bar {
    fn new(length: Option<u64>, read: Arc<AtomicU64>) -> Self {
        let bar = match length {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::no_length(),
        };
        Self { bar, length, read }.styled(if length.is_some() {
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
            Progress::Read(rows) => {
                let bytes = self.read.load(Ordering::Relaxed);
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
            read: Arc::clone(&self.read),
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
