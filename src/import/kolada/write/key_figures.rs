//! Key figures, which are indicators here.

use std::collections::HashMap;

use super::super::mapping::{PUBLISHER, fresh, updated};
use super::super::report::{Discontinued, Left, Named, Report, Retitled};
use super::{Batch, Drafted};
use crate::database::{Connection, Failure};
use crate::resources::indicators::{self, IndicatorContent, IndicatorRow};

/// Makes the indicators that are not there, and gives the others what of them is
/// Kolada's. Answers their codes by Kolada's ids. An indicator that has a key figure's
/// id for its code and another publisher is left alone.
pub(super) async fn write(
    connection: &mut Connection,
    batch: &Batch,
    report: &mut Report,
) -> Result<HashMap<String, String>, Failure> {
    let ids: Vec<String> = batch
        .key_figures
        .iter()
        .map(|one| one.key.id.clone())
        .collect();
    let rows = indicators::known_as(connection, PUBLISHER, &ids).await?;
    let mut codes = HashMap::new();
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
                update(connection, row, drafted, &batch.source, report).await?;
            }
        }
    }
    new.sort_by(|a, b| a.0.cmp(&b.0));
    new.dedup_by(|a, b| a.0 == b.0);
    if new.is_empty() {
        return Ok(codes);
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
        codes.insert(code.clone(), code);
    }
    Ok(codes)
}

/// The indicators that are there for these key figures, by Kolada's ids.
pub(super) async fn there(
    connection: &mut Connection,
    ids: &[String],
) -> Result<HashMap<String, String>, Failure> {
    let rows = indicators::known_as(connection, PUBLISHER, ids).await?;
    let found = ids.iter().filter_map(|id| match choose(id, &rows) {
        Chosen::Ours(row) => Some((id.clone(), row.indicator_code.clone())),
        Chosen::None | Chosen::Foreign(_) => None,
    });
    Ok(found.collect())
}

/// The indicator that a key figure is, if any.
enum Chosen<'a> {
    None,
    Ours(&'a IndicatorRow),
    Foreign(&'a str),
}

/// The one with its id for a code, unless another publishes that; else the first of
/// Kolada's that is published under the id.
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
    match (by_code, by_id) {
        (Some(row), _) if of_kolada(row) && !means_another(row) => Chosen::Ours(row),
        (_, Some(row)) => Chosen::Ours(row),
        (Some(row), None) => {
            let publisher = row.content.publisher.as_deref();
            Chosen::Foreign(publisher.unwrap_or("another"))
        }
        (None, None) => Chosen::None,
    }
}

async fn update(
    connection: &mut Connection,
    row: &IndicatorRow,
    drafted: &Drafted,
    source: &str,
    report: &mut Report,
) -> Result<(), Failure> {
    let divided = drafted.key.divided || drafted.by_gender;
    if row.content == updated(&row.content, &drafted.key, divided, source) {
        report.key_figures.unchanged += 1;
        return Ok(());
    }
    let code = &row.indicator_code;
    let Some(current) = indicators::lock(connection, code).await? else {
        report.key_figures.unchanged += 1;
        return Ok(());
    };
    // What has figures of women or of men, or targets for them, stays divided.
    let stays = current.content.divided_by_gender
        && !divided
        && indicators::divided(connection, code).await?.is_some();
    let before = current.content.clone();
    let content = updated(&before, &drafted.key, divided || stays, source);
    if before == content {
        report.key_figures.unchanged += 1;
        return Ok(());
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
    Ok(())
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
