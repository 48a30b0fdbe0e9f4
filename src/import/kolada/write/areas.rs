//! Municipalities and groups.

use std::collections::BTreeSet;

use super::super::model::{Area, Group};
use super::super::report::{Left, Report};
use super::Batch;
use crate::database::{Connection, Failure};
use crate::resources::municipalities::{self, MunicipalityContent, MunicipalityKind};
use crate::resources::municipality_groups::{self, MunicipalityGroupContent};

/// Makes the areas that are not there. One that is there stays as it is: its name and
/// county are the municipality's to set.
pub(super) async fn write(
    connection: &mut Connection,
    batch: &Batch,
    report: &mut Report,
) -> Result<(), Failure> {
    let areas = &batch.areas;
    let codes: Vec<String> = areas.iter().map(|area| area.code.clone()).collect();
    let there = municipalities::names(connection, Some(&codes)).await?;
    let there: BTreeSet<&str> = there
        .iter()
        .map(|one| one.municipality_code.as_str())
        .collect();
    let mut missing: Vec<&Area> = areas
        .iter()
        .filter(|area| !there.contains(area.code.as_str()))
        .collect();
    missing.sort_by(|a, b| a.code.cmp(&b.code));
    missing.dedup_by(|a, b| a.code == b.code);
    for area in missing {
        let made = municipalities::insert(connection, &area.code, &content(area)).await?;
        if made.is_some() && !batch.told.contains(&area.code) {
            report.municipalities.push(area.code.clone());
        }
    }
    Ok(())
}

/// The county of a municipality is the first two digits of its code, that of a region
/// the last two.
fn content(area: &Area) -> MunicipalityContent {
    let county = match area.kind {
        MunicipalityKind::Municipality => area.code.get(..2),
        MunicipalityKind::Region => area.code.get(2..),
        MunicipalityKind::Country => None,
    };
    MunicipalityContent {
        name: area.name.clone(),
        county_code: county.map(str::to_owned),
        kind: area.kind,
    }
}

/// Makes the groups, or gives them Kolada's title and members; a group's source stays.
/// One with a member that is not here is left.
pub(super) async fn write_groups(
    connection: &mut Connection,
    groups: &[Group],
    report: &mut Report,
) -> Result<(), Failure> {
    let members: BTreeSet<String> = groups
        .iter()
        .flat_map(|group| group.members.clone())
        .collect();
    let members: Vec<String> = members.into_iter().collect();
    let there = municipalities::hold_all(connection, &members).await?;
    let there: BTreeSet<String> = there.into_iter().collect();
    for group in groups {
        let left = |reason: String| Left {
            what: group.id.clone(),
            reason,
        };
        if group.members.is_empty() {
            report
                .groups_left
                .push(left("it has no members".to_owned()));
            continue;
        }
        if let Some(other) = group.members.iter().find(|code| !there.contains(*code)) {
            let reason = format!("there is no municipality {other}");
            report.groups_left.push(left(reason));
            continue;
        }
        write_group(connection, group, report).await?;
    }
    Ok(())
}

async fn write_group(
    connection: &mut Connection,
    group: &Group,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut content = MunicipalityGroupContent {
        title: group.title.clone(),
        municipality_codes: group.members.clone(),
        source: None,
    };
    if municipality_groups::insert(connection, &group.id, &content)
        .await?
        .is_some()
    {
        report.groups_created.push(group.id.clone());
        return Ok(());
    }
    let Some(current) = municipality_groups::lock(connection, &group.id).await? else {
        return Ok(());
    };
    content.source.clone_from(&current.content.source);
    let mut members = current.content.municipality_codes.clone();
    members.sort_unstable();
    if members == content.municipality_codes {
        // Their order is the municipality's.
        content
            .municipality_codes
            .clone_from(&current.content.municipality_codes);
    }
    let same = current.content == content;
    municipality_groups::replace(connection, current, content).await?;
    if !same {
        report.groups_updated.push(group.id.clone());
    }
    Ok(())
}
