//! Key figures, which are indicators here.

use std::collections::HashMap;

use super::super::mapping::{PUBLISHER, decimals_shown, fresh, updated};
use super::super::report::{Discontinued, Left, Named, Report, Retitled};
use super::{Batch, Drafted, There};
use crate::database::{Connection, Failure};
use crate::resources::indicators::{self, IndicatorContent, IndicatorRow};

/// The indicators of the key figures, by Kolada's ids.
#[derive(Debug, Default)]
pub(super) struct Described {
    /// Their codes.
    pub codes: HashMap<String, String>,
    /// Of those that this import has made, the decimals.
    pub made: HashMap<String, i32>,
}

/// Makes the indicators that are not there, and gives the others what of them is
/// Kolada's. Answers their codes by Kolada's ids. An indicator that has a key figure's
/// id for its code and another publisher is left alone.
pub(super) async fn write(
    connection: &mut Connection,
    batch: &Batch,
    report: &mut Report,
) -> Result<Described, Failure> {
    let ids: Vec<String> = batch
        .key_figures
        .iter()
        .map(|one| one.key.id.clone())
        .collect();
    let rows = indicators::known_as(connection, PUBLISHER, &ids).await?;
    let Described {
        mut codes,
        mut made,
    } = Described::default();
    let mut ours: Vec<(&IndicatorRow, &Drafted)> = Vec::new();
    let mut new: Vec<(String, IndicatorContent)> = Vec::new();
    let mut told_before = Report::default();
    for drafted in &batch.key_figures {
        let id = &drafted.key.id;
        let report = match batch.told.contains(id) {
            true => &mut told_before,
            false => &mut *report,
        };
        match choose(id, &rows) {
            Chosen::None => {
                let divided = drafted.key.divided || drafted.by_gender;
                let content = fresh(&drafted.key, drafted.decimals, divided, &batch.source);
                new.push((id.clone(), content));
            }
            Chosen::Foreign(publisher) => {
                let reason = format!(
                    "the indicator with this code is another here, of the publisher {publisher}"
                );
                let left = Left {
                    what: id.clone(),
                    reason,
                };
                report.key_figures.left.push(left);
            }
            Chosen::Ours(row) => {
                codes.insert(id.clone(), row.indicator_code.clone());
                ours.push((row, drafted));
            }
        }
    }
    // Rows of one kind are taken in the order of their keys.
    ours.sort_by(|a, b| a.0.indicator_code.cmp(&b.0.indicator_code));
    for (row, drafted) in ours {
        let id = &drafted.key.id;
        let report = match batch.told.contains(id) {
            true => &mut told_before,
            false => &mut *report,
        };
        let set = batch.made.get(id).copied();
        let decimals = update(connection, row, drafted, &batch.source, set, report).await?;
        made.extend(decimals.map(|decimals| (id.clone(), decimals)));
    }
    new.sort_by(|a, b| a.0.cmp(&b.0));
    new.dedup_by(|a, b| a.0 == b.0);
    if new.is_empty() {
        return Ok(Described { codes, made });
    }
    indicators::insert_all(connection, &new).await?;
    for (code, content) in new {
        let report = match batch.told.contains(&code) {
            true => &mut told_before,
            false => &mut *report,
        };
        let named = Named {
            indicator_code: code.clone(),
            title: content.title.clone(),
        };
        report.key_figures.created.push(named);
        note_end(&code, None, &content, report);
        made.insert(code.clone(), content.decimals);
        codes.insert(code.clone(), code);
    }
    Ok(Described { codes, made })
}

/// What is there for these key figures.
pub(super) async fn there(connection: &mut Connection, ids: &[String]) -> Result<There, Failure> {
    let rows = indicators::known_as(connection, PUBLISHER, ids).await?;
    let mut there = There::default();
    for id in ids {
        match choose(id, &rows) {
            Chosen::Ours(row) => {
                let code = row.indicator_code.clone();
                there.codes.insert(id.clone(), code);
            }
            Chosen::Foreign(_) => there.foreign.push(id.clone()),
            Chosen::None => {}
        }
    }
    Ok(there)
}

/// The indicator that a key figure is, if any.
enum Chosen<'a> {
    None,
    Ours(&'a IndicatorRow),
    Foreign(&'a str),
}

/// The one that says that it is Kolada's under this id, first the one with the id for a
/// code; else the one with that code, if it names no publisher.
fn choose<'a>(id: &str, rows: &'a [IndicatorRow]) -> Chosen<'a> {
    let of_kolada = |row: &IndicatorRow| {
        let publisher = row.content.publisher.as_deref();
        publisher.is_none_or(|name| name.to_lowercase() == PUBLISHER.to_lowercase())
    };
    let means_another = |row: &IndicatorRow| {
        let other = row.content.publisher_id.as_deref();
        of_kolada(row) && other.is_some_and(|other| other != id)
    };
    let by_id = rows.iter().find(|row| {
        row.content.publisher_id.as_deref() == Some(id)
            && row.content.publisher.is_some()
            && of_kolada(row)
    });
    let by_code = rows.iter().find(|row| row.indicator_code == id);
    let says_so = |row: &IndicatorRow| row.content.publisher.is_some();
    match (by_code, by_id) {
        (Some(row), _) if says_so(row) && of_kolada(row) && !means_another(row) => {
            Chosen::Ours(row)
        }
        (_, Some(row)) => Chosen::Ours(row),
        (Some(row), None) if of_kolada(row) && !means_another(row) => Chosen::Ours(row),
        (Some(row), None) => {
            let publisher = row.content.publisher.as_deref();
            Chosen::Foreign(publisher.unwrap_or("another"))
        }
        (None, None) => Chosen::None,
    }
}

/// Gives an indicator what of it is Kolada's. `set` has the decimals that this import has
/// set when it made it, if it did; they grow with those of its figures as long as nobody
/// has set others, and are answered.
async fn update(
    connection: &mut Connection,
    row: &IndicatorRow,
    drafted: &Drafted,
    source: &str,
    set: Option<i32>,
    report: &mut Report,
) -> Result<Option<i32>, Failure> {
    let divided = drafted.key.divided || drafted.by_gender;
    let wanted = |current: &IndicatorContent, divided: bool| {
        let mut content = updated(current, &drafted.key, divided, source);
        if set == Some(content.decimals) {
            content.decimals = content.decimals.max(decimals_shown(drafted.decimals));
        }
        content
    };
    if row.content == wanted(&row.content, divided) {
        report.key_figures.unchanged += 1;
        return Ok(set);
    }
    let code = &row.indicator_code;
    let Some(current) = indicators::lock(connection, code).await? else {
        report.key_figures.unchanged += 1;
        return Ok(set);
    };
    // What has figures of women or of men, or targets for them, stays divided.
    let stays = current.content.divided_by_gender
        && !divided
        && indicators::divided(connection, code).await?.is_some();
    let before = current.content.clone();
    let content = wanted(&before, divided || stays);
    if before == content {
        report.key_figures.unchanged += 1;
        return Ok(set);
    }
    indicators::replace(connection, current, content.clone()).await?;
    if before.title == content.title {
        report.key_figures.updated += 1;
    } else {
        let retitled = Retitled {
            indicator_code: code.clone(),
            before: before.title.clone(),
            after: content.title.clone(),
        };
        report.key_figures.retitled.push(retitled);
    }
    note_end(code, Some(&before), &content, report);
    Ok(match set == Some(before.decimals) {
        true => Some(content.decimals),
        false => set,
    })
}

/// Notes an indicator that is discontinued from now on.
fn note_end(
    code: &str,
    before: Option<&IndicatorContent>,
    content: &IndicatorContent,
    report: &mut Report,
) {
    let before = before.and_then(|before| before.discontinued_on);
    if let Some(day) = content.discontinued_on.filter(|day| Some(*day) != before) {
        let discontinued = Discontinued {
            indicator_code: code.to_owned(),
            title: content.title.clone(),
            discontinued_on: day,
        };
        report.key_figures.discontinued.push(discontinued);
    }
}
