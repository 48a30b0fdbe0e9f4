//! Reading saved answers: once to see what they hold, and again for the figures.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::Task;
use super::model::{Area, Figure, Group, KeyFigure, Row, Said};
use super::read::{Each, Envelope, read_file};
use super::report::{Left, Listed, Report};
use crate::resources::values::Gender;

/// What of the files is wanted (urval); everything, where nothing is said.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) indicators: Option<BTreeSet<String>>,
    pub(super) areas: Option<BTreeSet<String>>,
    pub(super) years: Option<BTreeSet<i32>>,
    /// The areas that are not here and of which figures were withdrawn: not wanted.
    pub(super) without: BTreeSet<String>,
}

impl Wanted {
    pub(super) fn has_indicator(&self, id: &str) -> bool {
        self.indicators.as_ref().is_none_or(|ids| ids.contains(id))
    }

    pub(super) fn has_area(&self, code: &str) -> bool {
        self.areas.as_ref().is_none_or(|codes| codes.contains(code))
    }

    fn has(&self, figure: &Figure) -> bool {
        let key = &figure.key;
        let in_years = self
            .years
            .as_ref()
            .is_none_or(|years| years.contains(&key.year));
        let here = !self.without.contains(&key.area);
        in_years && here && self.has_indicator(&key.id) && self.has_area(&key.area)
    }
}

/// What the figures of a key figure show (egenskaper).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The most decimals of one.
    pub(super) decimals: u32,
    /// Whether some are of women or of men.
    pub(super) by_gender: bool,
}

/// What the files hold: all but the figures themselves (översikt).
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) key_figures: BTreeMap<String, KeyFigure>,
    pub(super) areas: BTreeMap<String, Area>,
    pub(super) groups: BTreeMap<String, Group>,
    /// The key figures that there are figures of.
    pub(super) in_data: BTreeMap<String, Shown>,
    pub(super) areas_in_data: BTreeSet<String>,
    /// The areas of which figures were withdrawn.
    pub(super) areas_withdrawn: BTreeSet<String>,
    pub(super) years_in_data: BTreeSet<i32>,
    pub(super) data_files: Vec<PathBuf>,
    pub(super) figures: u64,
    pub(super) left_out: Listed<Left>,
    pub(super) statuses: Listed<String>,
    /// What is to be told of the files.
    pub(super) notes: Vec<String>,
}

/// Reads all files through. The error names the file that is none of Kolada's answers.
pub(super) fn survey(files: &[PathBuf]) -> Result<Survey, String> {
    let mut found = Survey::default();
    let mut told = Report::default();
    for path in files {
        let mut kind = None;
        let envelope = read(path, &mut |row| {
            let other = row.kind();
            if *kind.get_or_insert(other) != other {
                return Err(format!("this is one of {other}, and those before are not"));
            }
            found.take(row, &mut told);
            Ok(())
        })?;
        if kind == Some("data") {
            found.data_files.push(path.clone());
        }
        let alone = envelope.next_url.is_none() && !envelope.goes_before;
        if alone && envelope.count.is_some_and(|count| count != envelope.rows) {
            return Err(format!(
                "{}: this is no whole answer of Kolada's: it has {} rows, and count says otherwise",
                path.display(),
                envelope.rows
            ));
        }
        let note = |what: String| format!("{}: {what}", path.display());
        let kind = kind.map_or("no rows".to_owned(), |kind| {
            format!("{} rows of {kind}", envelope.rows)
        });
        found.notes.push(note(kind));
        if envelope.next_url.is_some() {
            found.notes.push(note(
                "this answer goes on at its next_url; give the pages after it, too".to_owned(),
            ));
        }
    }
    found.left_out = told.values.left_out;
    found.statuses = told.statuses;
    Ok(found)
}

impl Survey {
    /// What the task asks for and the files have nothing of, in words.
    pub(super) fn lacks(&self, task: &Task) -> Vec<String> {
        let key_figures = task
            .indicators
            .iter()
            .filter(|id| !self.key_figures.contains_key(*id) && !self.in_data.contains_key(*id));
        let areas = task.municipalities.iter().filter(|code| {
            let in_data = [&self.areas_in_data, &self.areas_withdrawn];
            !self.areas.contains_key(*code) && in_data.iter().all(|of| !of.contains(*code))
        });
        let years = &task.years;
        let some = years.is_empty() || years.iter().any(|year| self.years_in_data.contains(year));
        let key_figures = key_figures.map(|id| format!("the key figure {id}"));
        let areas = areas.map(|code| format!("the municipality {code}"));
        let years = (!some).then(|| "these years".to_owned());
        let lacks = key_figures.chain(areas).chain(years);
        lacks
            .map(|what| format!("the files have nothing of {what}"))
            .collect()
    }

    fn take(&mut self, row: Row, told: &mut Report) {
        match row {
            Row::KeyFigure(key) => drop(self.key_figures.insert(key.id.clone(), key)),
            Row::Area(area) => drop(self.areas.insert(area.code.clone(), area)),
            Row::Group(group) => drop(self.groups.insert(group.id.clone(), group)),
            Row::Data(row) => {
                told.leave_out(row.left_out, row.statuses);
                for figure in row.figures {
                    self.note(figure);
                }
            }
        }
    }

    fn note(&mut self, figure: Figure) {
        self.figures += 1;
        let Figure { key, said } = figure;
        self.years_in_data.insert(key.year);
        let shown = match self.in_data.get_mut(&key.id) {
            Some(shown) => shown,
            None => self.in_data.entry(key.id).or_default(),
        };
        match said {
            Said::Value(value) => shown.decimals = shown.decimals.max(value.decimals()),
            Said::Missing => {}
            Said::Withdrawn => {
                if !self.areas_withdrawn.contains(&key.area) {
                    self.areas_withdrawn.insert(key.area);
                }
                return;
            }
        }
        shown.by_gender |= key.gender != Gender::All;
        if !self.areas_in_data.contains(&key.area) {
            self.areas_in_data.insert(key.area);
        }
    }
}

/// Hands out the figures of these files that are wanted, a piece for every `size` that
/// are read.
pub(super) fn read_data(
    files: &[PathBuf],
    wanted: &Wanted,
    size: usize,
    piece: &mut dyn FnMut(Vec<Figure>) -> Result<(), String>,
) -> Result<(), String> {
    let (mut figures, mut read_so_far) = (Vec::new(), 0);
    for path in files {
        read(path, &mut |row| {
            let Row::Data(row) = row else {
                return Err("the file has changed".to_owned());
            };
            for figure in row.figures {
                read_so_far += 1;
                if wanted.has(&figure) {
                    figures.push(figure);
                }
                if read_so_far == size {
                    read_so_far = 0;
                    piece(std::mem::take(&mut figures))?;
                }
            }
            Ok(())
        })?;
    }
    match figures.is_empty() {
        true => Ok(()),
        false => piece(figures),
    }
}

fn read(path: &Path, each: Each<'_>) -> Result<Envelope, String> {
    let failed = |why: String| format!("{}: {why}", path.display());
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let read = read_file(BufReader::with_capacity(1 << 16, file), each);
    read.map_err(|why| failed(format!("this is no saved answer of Kolada's: {why}")))
}
