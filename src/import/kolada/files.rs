//! From saved answers: first all of them are read through, so that nothing is written
//! if one of them is none of Kolada's, then they are read again and written in pieces.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::path::PathBuf;

use reqwest::Url;
use tokio::sync::mpsc;

use super::fetch::address;
use super::model::{Area, Figure};
use super::report::Report;
use super::survey::{Survey, Wanted, read_data, survey};
use super::write::{self, Batch, Drafted, Written};
use super::{Progress, Stop, Task, Told, words, write_alone};
use crate::database::Connection;
use crate::resources::{municipalities, municipality_groups};

/// How many figures are written at once.
pub(super) const PIECE: usize = 20_000;
/// How many key figures or groups are.
const OTHERS: usize = 500;
/// How many names an error has.
const NAMED: usize = 10;

/// Imports what the files hold, as far as the task asks for it.
pub(super) async fn import(
    connection: &mut Connection,
    task: &Task,
    told: &Told,
    report: &mut Report,
) -> Result<(), Stop> {
    let early = |why: String| (why, false);
    let source = address(&task.base_url).map_err(early)?;
    let found = survey(&task.files).map_err(early)?;
    let mut wanted = wanted(connection, task, &found).await.map_err(early)?;
    let codes = known(connection, &found, &mut wanted)
        .await
        .map_err(early)?;
    report.notes.clone_from(&found.notes);
    report.notes.extend(found.lacks(task));
    let mut loading = Loading::new(task, told, &source, found, wanted, codes);
    let mut written = false;
    loop {
        let next = loading.next().await.map_err(|why| (why, written))?;
        let Some(batch) = next else {
            break;
        };
        let done = write_alone(connection, batch, task.dry_run).await;
        written = true;
        loading.done(done.map_err(|failure| (words(failure), true))?);
        report.add(std::mem::take(&mut loading.report));
    }
    report.add(loading.report);
    Ok(())
}

/// What is wanted of what the files have.
async fn wanted(
    connection: &mut Connection,
    task: &Task,
    found: &Survey,
) -> Result<Wanted, String> {
    let some = |all: &[String]| {
        let all: BTreeSet<String> = all.iter().cloned().collect();
        (!all.is_empty()).then_some(all)
    };
    let mut areas = some(&task.municipalities);
    if let Some(id) = &task.group {
        let members = match found.groups.get(id) {
            Some(group) => group.members.clone(),
            None => municipality_groups::find(connection, id)
                .await
                .map_err(|error| words(error.into()))?
                .map(|group| group.content.municipality_codes)
                .ok_or_else(|| format!("neither the files nor this service has a group {id}"))?,
        };
        areas = some(&members);
        if areas.is_none() {
            return Err(format!("the group {id} has no members"));
        }
    }
    let years: BTreeSet<i32> = task.years.iter().copied().collect();
    Ok(Wanted {
        indicators: some(&task.indicators),
        areas,
        years: (!years.is_empty()).then_some(years),
        without: BTreeSet::new(),
    })
}

/// The indicators that are here for key figures that the files do not describe. What the
/// data is of must be in the files or here.
async fn known(
    connection: &mut Connection,
    found: &Survey,
    wanted: &mut Wanted,
) -> Result<HashMap<String, String>, String> {
    let elsewhere: Vec<String> = found
        .in_data
        .keys()
        .filter(|id| wanted.has_indicator(id) && !found.key_figures.contains_key(*id))
        .cloned()
        .collect();
    let there = write::there(connection, &elsewhere).await.map_err(words)?;
    if !there.foreign.is_empty() {
        let codes = there.foreign[..there.foreign.len().min(NAMED)].join(", ");
        return Err(format!(
            "what is {codes} here is an indicator of another publisher than Kolada"
        ));
    }
    let codes = there.codes;
    let unknown = elsewhere.iter().filter(|id| !codes.contains_key(*id));
    none(unknown, "key figure", "/kpi")?;
    let mut areas: BTreeSet<&String> = found.areas_in_data.union(&found.areas_withdrawn).collect();
    areas.retain(|code| wanted.has_area(code) && !found.areas.contains_key(*code));
    let areas: Vec<String> = areas.into_iter().cloned().collect();
    let here = municipalities::names(connection, Some(&areas)).await;
    let here = here.map_err(|error| words(error.into()))?;
    let here: BTreeSet<&str> = here
        .iter()
        .map(|one| one.municipality_code.as_str())
        .collect();
    let (unknown, withdrawn): (Vec<String>, Vec<String>) = areas
        .into_iter()
        .filter(|code| !here.contains(code.as_str()))
        .partition(|code| found.areas_in_data.contains(code));
    none(unknown.iter(), "municipality", "/municipality")?;
    // Of what is not here nothing can be withdrawn.
    wanted.without = withdrawn.into_iter().collect();
    Ok(codes)
}

fn none<'a>(
    unknown: impl Iterator<Item = &'a String>,
    what: &str,
    path: &str,
) -> Result<(), String> {
    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let more = match unknown.len() > NAMED {
        true => format!(" and {} more", unknown.len() - NAMED),
        false => String::new(),
    };
    let named = unknown[..unknown.len().min(NAMED)].join(", ");
    Err(format!(
        "neither the files nor this service has the {what} {named}{more}; give a saved answer of {path}, too"
    ))
}

/// The files on their way into the database.
struct Loading {
    /// What comes before the figures.
    head: VecDeque<Batch>,
    /// The figures, piece by piece, from a thread that reads.
    data: mpsc::Receiver<Result<Vec<Figure>, String>>,
    codes: HashMap<String, String>,
    /// In a dry run each piece is undone, so the next has to make again what it is of:
    /// the key figures by Kolada's id, and the areas by code.
    made_again: Option<(HashMap<String, Drafted>, HashMap<String, Area>)>,
    /// The ids and codes of those of which the report tells already.
    told_of: HashSet<String>,
    report: Report,
    source: String,
    overwriting: bool,
    progress: Progress,
    told: Told,
}

impl Loading {
    fn new(
        task: &Task,
        told: &Told,
        source: &Url,
        mut found: Survey,
        wanted: Wanted,
        codes: HashMap<String, String>,
    ) -> Self {
        let source = source.as_str().trim_end_matches('/').to_owned();
        let batch = || Batch {
            source: source.clone(),
            overwriting: task.overwrite_reported,
            ..Batch::default()
        };
        found.areas.retain(|code, _| wanted.has_area(code));
        found
            .groups
            .retain(|id, _| task.group.as_ref().is_none_or(|group| group == id));
        found.key_figures.retain(|id, _| wanted.has_indicator(id));
        let mut made_again = task.dry_run.then(|| {
            let areas = found.areas.iter();
            let areas = areas.map(|(code, area)| (code.clone(), area.clone()));
            (HashMap::new(), areas.collect::<HashMap<_, _>>())
        });
        let mut head = VecDeque::new();
        if !found.areas.is_empty() {
            let areas = found.areas.into_values().collect();
            head.push_back(Batch { areas, ..batch() });
        }
        let groups: Vec<_> = found.groups.into_values().collect();
        for some in groups.chunks(OTHERS) {
            let groups = some.to_vec();
            head.push_back(Batch { groups, ..batch() });
        }
        let keys: Vec<_> = found.key_figures.into_values().collect();
        for some in keys.chunks(OTHERS) {
            let drafted = some.iter().map(|key| {
                let shown = found.in_data.get(&key.id).copied().unwrap_or_default();
                Drafted {
                    key: key.clone(),
                    decimals: shown.decimals,
                    by_gender: shown.by_gender,
                }
            });
            let key_figures: Vec<Drafted> = drafted.collect();
            if let Some((again, _)) = &mut made_again {
                let drafted = key_figures.iter();
                again.extend(drafted.map(|one| (one.key.id.clone(), one.clone())));
            }
            head.push_back(Batch {
                key_figures,
                ..batch()
            });
        }
        let mut report = Report::default();
        report.leave_out_counted(found.left_out);
        report.statuses = found.statuses;
        let pieces = found.figures.div_ceil(PIECE as u64);
        Self {
            progress: Progress {
                done: 0,
                of: head.len() as u64 + pieces,
                figures: 0,
            },
            data: reading(found.data_files, wanted),
            head,
            codes,
            made_again,
            told_of: HashSet::new(),
            report,
            source,
            overwriting: task.overwrite_reported,
            told: told.clone(),
        }
    }

    /// What is to be written next.
    async fn next(&mut self) -> Result<Option<Batch>, String> {
        (self.told)(self.progress);
        if let Some(mut batch) = self.head.pop_front() {
            self.make_again(&mut batch);
            return Ok(Some(batch));
        }
        let Some(figures) = self.data.recv().await else {
            return Ok(None);
        };
        let figures = figures?;
        self.progress.figures += figures.len() as u64;
        let mut batch = Batch {
            source: self.source.clone(),
            codes: self.codes.clone(),
            figures,
            overwriting: self.overwriting,
            ..Batch::default()
        };
        self.make_again(&mut batch);
        Ok(Some(batch))
    }

    /// Gives a batch of a dry run what it is of, and says what has been told.
    fn make_again(&mut self, batch: &mut Batch) {
        let Some((key_figures, areas)) = &self.made_again else {
            return;
        };
        let of: BTreeSet<&String> = batch.figures.iter().map(|one| &one.key.id).collect();
        let again = of.into_iter().filter_map(|id| key_figures.get(id));
        batch.key_figures.extend(again.cloned());
        let members = batch.groups.iter().flat_map(|group| &group.members);
        let of_figures = batch.figures.iter().map(|one| &one.key.area);
        let of: BTreeSet<&String> = members.chain(of_figures).collect();
        let again = of.into_iter().filter_map(|code| areas.get(code));
        batch.areas.extend(again.cloned());
        let ids = batch.key_figures.iter().map(|one| &one.key.id);
        let names = ids.chain(batch.areas.iter().map(|area| &area.code));
        for name in names {
            if !self.told_of.insert(name.clone()) {
                batch.told.insert(name.clone());
            }
        }
    }

    fn done(&mut self, written: Written) {
        self.codes.extend(written.codes);
        self.report.add(written.report);
        self.progress.done += 1;
    }
}

/// The figures of these files in pieces, read by a thread of its own, a piece ahead.
fn reading(files: Vec<PathBuf>, wanted: Wanted) -> mpsc::Receiver<Result<Vec<Figure>, String>> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        let mut piece = |figures| {
            let sent = sender.blocking_send(Ok(figures));
            sent.map_err(|_| "nobody reads any more".to_owned())
        };
        if let Err(why) = read_data(&files, &wanted, PIECE, &mut piece) {
            // Whoever has stopped reading needs no reason.
            let _ = sender.blocking_send(Err(why));
        }
    });
    receiver
}
