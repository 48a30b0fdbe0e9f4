//! From the API: unit by unit, where each is asked for, written and noted.

mod find;

use std::collections::{BTreeMap, HashMap, HashSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::fetch::Kolada;
use super::ledger::{self, Import, Note};
use super::model::{Area, Figure, KeyFigure, Row, Said};
use super::plan::{self, Part, Terms, Unit};
use super::report::{Left, Report};
use super::write::{self, Batch, Drafted, Whole};
use super::{Progress, Stop, Task, Told, words, write_alone};
use crate::database::Connection;
use crate::resources::values::Gender;

/// How many key figures without figures are written at once.
const KEY_FIGURES: usize = 500;

/// An import from the API.
struct Importing<'a> {
    connection: &'a mut Connection,
    kolada: Kolada,
    task: &'a Task,
    report: &'a mut Report,
    /// Of what the report tells already.
    told: HashSet<String>,
    /// The key figures by Kolada's id.
    key_figures: BTreeMap<String, KeyFigure>,
    /// The areas by code.
    areas: BTreeMap<String, Area>,
    /// Whether something has been written.
    written: bool,
    /// The key figures whose indicators this import has made, with the decimals that it
    /// has set last.
    made: HashMap<String, i32>,
}

/// Imports what the task asks for.
pub(super) async fn import(
    connection: &mut Connection,
    task: &Task,
    told: &Told,
    report: &mut Report,
) -> Result<(), Stop> {
    let kolada = Kolada::new(&task.base_url, task.patience).map_err(|why| (why, false))?;
    let mut importing = Importing {
        connection,
        kolada,
        task,
        report,
        told: HashSet::new(),
        key_figures: BTreeMap::new(),
        areas: BTreeMap::new(),
        written: false,
        made: HashMap::new(),
    };
    let done = importing.run(told).await;
    done.map_err(|why| (why, importing.written))
}

impl Importing<'_> {
    async fn run(&mut self, told: &Told) -> Result<(), String> {
        ledger::alone(self.connection).await?;
        self.find_key_figures().await?;
        let groups = self.find_areas().await?;
        let areas: Vec<String> = self.areas.keys().cloned().collect();
        let parts = plan::parts(&areas, &self.task.years);
        let command = self.command(&parts);
        let import = self.begin(&command).await?;
        let head = Batch {
            areas: self.areas.values().cloned().collect(),
            groups,
            ..self.batch()
        };
        self.write(head).await?;
        let (units, before) = self.units(&parts, &import).await?;
        let mut progress = Progress {
            done: before as u64,
            of: (before + units.len()) as u64,
            figures: 0,
        };
        told(progress);
        for unit in units {
            progress.figures += self.unit(unit, import.import_id).await?;
            progress.done += 1;
            told(progress);
        }
        self.describe_the_others().await?;
        if !self.task.dry_run {
            let finished = ledger::finish(self.connection, import.import_id).await;
            finished.map_err(|error| words(error.into()))?;
        }
        Ok(())
    }

    /// What makes this command the same as an earlier one.
    fn command(&self, parts: &[Part]) -> Vec<u8> {
        let mut hash = Sha256::new();
        let flags = [self.task.overwrite_reported, self.task.full].map(|flag| flag.to_string());
        let ids = self.key_figures.keys().cloned();
        let whole = [self.kolada.source().to_owned()]
            .into_iter()
            .chain(flags)
            .chain(ids);
        for word in whole.chain(parts.iter().map(Part::path)) {
            hash.update(word.as_bytes());
            hash.update([0]);
        }
        hash.finalize().to_vec()
    }

    /// Goes on with an import that was interrupted, or begins a new one.
    async fn begin(&mut self, command: &[u8]) -> Result<Import, String> {
        let failed = |error: diesel::result::Error| words(error.into());
        let interrupted = ledger::interrupted(self.connection, command).await;
        if let Some(import) = interrupted.map_err(failed)? {
            self.report.resumed_from = import.interrupted;
            let made = ledger::made(self.connection, import.import_id).await;
            self.made = made.map_err(failed)?;
            return Ok(import);
        }
        let import_id = Uuid::now_v7();
        if !self.task.dry_run {
            let begun = ledger::begin(self.connection, command, import_id).await;
            begun.map_err(failed)?;
        }
        Ok(Import {
            import_id,
            interrupted: None,
        })
    }

    /// What is left to do of all parts, and how many units were done before.
    async fn units(
        &mut self,
        parts: &[Part],
        import: &Import,
    ) -> Result<(Vec<Unit>, usize), String> {
        let terms = Terms {
            full: self.task.full,
            overwriting: self.task.overwrite_reported,
            going_on: import.interrupted.map(|_| import.import_id),
        };
        let ids: Vec<String> = self.key_figures.keys().cloned().collect();
        let (mut all, mut before) = (Vec::new(), 0);
        let there = write::there(self.connection, &ids).await.map_err(words)?;
        let source = self.kolada.source();
        for part in parts {
            let asked = ledger::asked(self.connection, source, &part.path(), &there.codes).await;
            let asked = asked.map_err(|error| words(error.into()))?;
            let (units, done) = plan::units(&ids, part, &asked, terms);
            all.extend(units);
            before += done;
        }
        Ok((all, before))
    }

    /// Asks for a unit and writes it; answers how many figures were in it.
    async fn unit(&mut self, unit: Unit, import_id: Uuid) -> Result<u64, String> {
        let (mut figures, mut left_out) = (Vec::new(), HashSet::new());
        let path = unit.path();
        match unit.from {
            Some(_) => self.report.asked_for_changes += 1,
            None => self.report.asked_for_all += 1,
        }
        let fetched = self.kolada.rows(&path, unit.from).await?;
        for row in fetched.rows {
            let Row::Data(row) = row else {
                return Err(unexpected(&path, &row));
            };
            left_out.extend(row.left_out.iter().filter_map(|left| left.key.clone()));
            self.report.leave_out(row.left_out, row.statuses);
            figures.extend(row.figures);
        }
        figures.retain(|figure| {
            let asked = unit.asks_for(figure);
            if !asked {
                self.report.values.left_out.push(Left {
                    what: format!("{} {} {}", figure.key.id, figure.key.area, figure.key.year),
                    reason: "it was not asked for".to_owned(),
                });
            }
            asked
        });
        let count = figures.len() as u64;
        let note = Note {
            source: self.kolada.source().to_owned(),
            part: unit.part.path(),
            asked_on: fetched.asked_on,
            overwriting: self.task.overwrite_reported,
            import_id,
        };
        let whole = unit.from.is_none().then(|| Whole {
            areas: unit.part.areas.clone(),
            years: unit.part.years.clone(),
            left_out,
        });
        let areas = unit
            .part
            .areas
            .iter()
            .filter_map(|code| self.areas.get(code));
        let batch = Batch {
            areas: areas.cloned().collect(),
            key_figures: self.drafted(&unit.ids, &figures),
            figures,
            note: Some(note),
            whole,
            ..self.batch()
        };
        self.write(batch).await?;
        Ok(count)
    }

    /// Writes the key figures that no unit had in it.
    async fn describe_the_others(&mut self) -> Result<(), String> {
        let others: Vec<String> = self
            .key_figures
            .keys()
            .filter(|id| !self.told.contains(*id))
            .cloned()
            .collect();
        for some in others.chunks(KEY_FIGURES) {
            let batch = Batch {
                key_figures: self.drafted(some, &[]),
                ..self.batch()
            };
            self.write(batch).await?;
        }
        Ok(())
    }

    /// The key figures with what their figures show.
    fn drafted(&self, ids: &[String], figures: &[Figure]) -> Vec<Drafted> {
        let shown = shown(figures);
        let known = ids.iter().filter_map(|id| self.key_figures.get(id));
        let drafted = known.map(|key| {
            let (decimals, by_gender) = shown.get(key.id.as_str()).copied().unwrap_or_default();
            Drafted {
                key: key.clone(),
                decimals,
                by_gender,
            }
        });
        drafted.collect()
    }

    fn batch(&self) -> Batch {
        Batch {
            source: self.kolada.source().to_owned(),
            overwriting: self.task.overwrite_reported,
            made: self.made.clone(),
            ..Batch::default()
        }
    }

    async fn write(&mut self, mut batch: Batch) -> Result<(), String> {
        let ids = batch
            .key_figures
            .iter()
            .map(|drafted| drafted.key.id.clone());
        let codes = batch.areas.iter().map(|area| area.code.clone());
        let names: Vec<String> = ids.chain(codes).collect();
        let told = names.iter().filter(|name| self.told.contains(*name));
        batch.told = told.cloned().collect();
        let written = write_alone(self.connection, batch, self.task.dry_run).await;
        let written = written.map_err(words)?;
        self.written = true;
        self.made.extend(written.made);
        self.told.extend(names);
        self.report.add(written.report);
        Ok(())
    }
}

/// By Kolada's id: the most decimals of a figure, and whether some are of women or men.
fn shown(figures: &[Figure]) -> HashMap<&str, (u32, bool)> {
    let mut shown: HashMap<&str, (u32, bool)> = HashMap::new();
    for figure in figures {
        let of = shown.entry(&figure.key.id).or_default();
        match figure.said {
            Said::Value(value) => of.0 = of.0.max(value.decimals()),
            Said::Missing => {}
            Said::Withdrawn => continue,
        }
        of.1 |= figure.key.gender != Gender::All;
    }
    shown
}

fn unexpected(path: &str, row: &Row) -> String {
    format!(
        "{path}: Kolada answers with {}, which were not asked for",
        row.kind()
    )
}
