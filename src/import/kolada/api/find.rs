//! What is wanted: which key figures and which areas, as Kolada has them.

use super::super::mapping::PUBLISHER;
use super::super::model::{Group, Row};
use super::super::plan::MOST_IDS;
use super::super::report::Left;
use super::super::words;
use super::{Importing, unexpected};
use crate::http::text;
use crate::resources::{indicators, municipality_groups};

impl Importing<'_> {
    /// Asks for the key figures that are wanted; those that Kolada does not have are told.
    pub(super) async fn find_key_figures(&mut self) -> Result<(), String> {
        let mut ids = self.task.indicators.clone();
        if ids.is_empty() {
            let published = indicators::published_by(self.connection, PUBLISHER).await;
            ids = published.map_err(|error| words(error.into()))?;
        }
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Err(
                "no indicator here is published by Kolada: say which with --indicators".to_owned(),
            );
        }
        let (ids, odd): (Vec<String>, Vec<String>) = ids
            .into_iter()
            .partition(|id| text::code(id).as_ref() == Some(id));
        for id in odd {
            let left = Left {
                what: id,
                reason: "this can be no key figure's id, and is not asked for".to_owned(),
            };
            self.report.key_figures.left.push(left);
        }
        for some in ids.chunks(MOST_IDS) {
            if self.describe(some).await? || some.len() == 1 {
                continue;
            }
            // Which of them it was that is not found, it does not say.
            for one in some.chunks(1) {
                self.describe(one).await?;
            }
        }
        for id in ids {
            if !self.key_figures.contains_key(&id) {
                self.report.key_figures.gone.push(id);
            }
        }
        if self.key_figures.is_empty() {
            return Err("Kolada has none of these key figures".to_owned());
        }
        Ok(())
    }

    /// Asks for the descriptions of some key figures; whether Kolada has an answer.
    async fn describe(&mut self, ids: &[String]) -> Result<bool, String> {
        let path = format!("/kpi/{}", ids.join(","));
        let Some(found) = self.kolada.rows_if_any(&path, None).await? else {
            return Ok(false);
        };
        for row in found.rows {
            match row {
                Row::KeyFigure(key) if ids.contains(&key.id) => {
                    self.key_figures.insert(key.id.clone(), key);
                }
                other => return Err(unexpected(&path, &other)),
            }
        }
        Ok(true)
    }

    /// Asks for the areas that are wanted, and for the group if there is one.
    pub(super) async fn find_areas(&mut self) -> Result<Vec<Group>, String> {
        let (mut wanted, group) = (self.task.municipalities.clone(), self.find_group().await?);
        if let Some((members, _)) = &group {
            wanted.clone_from(members);
            if wanted.is_empty() {
                let id = self.task.group.as_deref().unwrap_or_default();
                return Err(format!("the group {id} has no members"));
            }
        }
        for row in self.kolada.rows("/municipality", None).await?.rows {
            let Row::Area(area) = row else {
                return Err(unexpected("/municipality", &row));
            };
            if wanted.is_empty() || wanted.contains(&area.code) {
                self.areas.insert(area.code.clone(), area);
            }
        }
        let unknown: Vec<&str> = wanted
            .iter()
            .filter(|code| !self.areas.contains_key(*code))
            .map(String::as_str)
            .collect();
        match (unknown.as_slice(), self.areas.is_empty()) {
            ([], false) => Ok(group.and_then(|(_, group)| group).into_iter().collect()),
            ([], true) => Err("Kolada names no municipalities".to_owned()),
            (some, _) => Err(format!("Kolada has no municipality {}", some.join(", "))),
        }
    }

    /// The members of the group that is asked for, and the group if it is Kolada's.
    async fn find_group(&mut self) -> Result<Option<(Vec<String>, Option<Group>)>, String> {
        let Some(id) = &self.task.group else {
            return Ok(None);
        };
        let path = format!("/municipality_groups/{id}");
        let found = self.kolada.rows_if_any(&path, None).await?;
        for row in found.map(|found| found.rows).unwrap_or_default() {
            match row {
                Row::Group(group) if group.id == *id && !group.members.is_empty() => {
                    return Ok(Some((group.members.clone(), Some(group))));
                }
                Row::Group(_) => {}
                other => return Err(unexpected(&path, &other)),
            }
        }
        let here = municipality_groups::find(self.connection, id).await;
        match here.map_err(|error| words(error.into()))? {
            Some(group) => Ok(Some((group.content.municipality_codes, None))),
            None => Err(format!("neither Kolada nor this service has a group {id}")),
        }
    }
}
