//! What an import has done: the same figures for people and for programs.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::model::LeftOut;
use crate::resources::values::{ValueChange, ValueContent, ValueKey};

/// The most of a list that is kept; the others are counted.
pub(super) const MOST_LISTED: usize = 1_000;

/// A list of which only the first thousand are kept (lista).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed<T> {
    /// How many there are.
    pub total: u64,
    /// The first thousand of them.
    pub items: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self {
            total: 0,
            items: Vec::new(),
        }
    }
}

impl<T> Listed<T> {
    /// Counts one, and keeps it if there is room.
    pub fn push(&mut self, item: T) {
        self.total += 1;
        if self.items.len() < MOST_LISTED {
            self.items.push(item);
        }
    }
}

/// A key figure and its title (nyckeltal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// The indicator.
    pub indicator_code: String,
    /// Its title.
    pub title: String,
}

/// A key figure with a new title (omdöpt nyckeltal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Retitled {
    /// The indicator.
    pub indicator_code: String,
    /// What it was called.
    pub before: String,
    /// What it is called.
    pub after: String,
}

/// A key figure that is not measured any more (upphört nyckeltal).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Discontinued {
    /// The indicator.
    pub indicator_code: String,
    /// Its title, which says so.
    pub title: String,
    /// From which day.
    pub discontinued_on: NaiveDate,
}

/// Something that was not imported, and why (utelämnat).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// What it is.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// A value that was changed or withdrawn (reviderat värde).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revised {
    /// Which value.
    #[serde(flatten)]
    pub key: ValueKey,
    /// What it was.
    pub before: Option<ValueContent>,
    /// What it is; null where it was withdrawn.
    pub after: Option<ValueContent>,
}

impl From<ValueChange> for Revised {
    fn from(change: ValueChange) -> Self {
        Self {
            key: change.key,
            before: change.before,
            after: change.after,
        }
    }
}

/// What has become of the key figures (nyckeltal).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyFigures {
    /// Those that were made.
    pub created: Listed<Named>,
    /// Those whose title is another.
    pub retitled: Listed<Retitled>,
    /// Those whose title says for the first time that they are discontinued.
    pub discontinued: Listed<Discontinued>,
    /// Those that were asked for and that Kolada does not have, by its ids. Nothing of
    /// them was changed here.
    pub gone: Listed<String>,
    /// Those of which something else was changed.
    pub updated: u64,
    /// Those that were so already.
    pub unchanged: u64,
    /// Those that were left alone.
    pub left: Listed<Left>,
}

/// What has become of the values (utfall).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Values {
    /// How many were made.
    pub created: u64,
    /// Those that were changed.
    pub revised: Listed<Revised>,
    /// Those that were withdrawn.
    pub withdrawn: Listed<Revised>,
    /// How many were so already, or not there to be withdrawn.
    pub unchanged: u64,
    /// How many were left since they are not Kolada's: reported or derived.
    pub kept: u64,
    /// Those that could not be kept, and why.
    pub left_out: Listed<Left>,
}

/// What an import from Kolada has done, or in a dry run would do (sammanställning).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Where an import that was interrupted was gone on with: when it was begun. What
    /// it had done then is not counted again.
    pub resumed_from: Option<DateTime<Utc>>,
    /// How many requests of figures were for what has changed alone.
    pub asked_for_changes: u64,
    /// How many were for all there is.
    pub asked_for_all: u64,
    /// The key figures.
    pub key_figures: KeyFigures,
    /// The municipalities, regions and the country that were made, by code.
    pub municipalities: Listed<String>,
    /// The groups that were made, by key.
    pub groups_created: Listed<String>,
    /// The groups that were changed, by key.
    pub groups_updated: Listed<String>,
    /// The groups that were left alone.
    pub groups_left: Listed<Left>,
    /// The values.
    pub values: Values,
    /// How many figures have a text of Kolada's about them that there is no word for
    /// here, and the different texts.
    pub statuses: Listed<String>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

impl<T> Listed<T> {
    fn add(&mut self, other: Self) {
        self.total += other.total;
        let room = MOST_LISTED - self.items.len();
        self.items.extend(other.items.into_iter().take(room));
    }
}

impl Report {
    /// Adds what a unit has done.
    pub fn add(&mut self, unit: Self) {
        let (keys, more) = (&mut self.key_figures, unit.key_figures);
        keys.created.add(more.created);
        keys.retitled.add(more.retitled);
        keys.discontinued.add(more.discontinued);
        keys.gone.add(more.gone);
        keys.updated += more.updated;
        keys.unchanged += more.unchanged;
        keys.left.add(more.left);
        self.municipalities.add(unit.municipalities);
        self.groups_created.add(unit.groups_created);
        self.groups_updated.add(unit.groups_updated);
        self.groups_left.add(unit.groups_left);
        let (values, more) = (&mut self.values, unit.values);
        values.created += more.created;
        values.revised.add(more.revised);
        values.withdrawn.add(more.withdrawn);
        values.unchanged += more.unchanged;
        values.kept += more.kept;
        values.left_out.add(more.left_out);
        self.statuses.add(unit.statuses);
    }

    /// Takes up figures that cannot be kept, counted before.
    pub(super) fn leave_out_counted(&mut self, left_out: Listed<Left>) {
        self.values.left_out.add(left_out);
    }

    /// Takes up what a row says of figures that cannot be kept.
    pub(super) fn leave_out(&mut self, left_out: Vec<LeftOut>, statuses: Vec<String>) {
        for LeftOut { figure, reason, .. } in left_out {
            let what = figure;
            self.values.left_out.push(Left { what, reason });
        }
        for status in statuses {
            self.statuses.total += 1;
            if self.statuses.items.len() < MOST_LISTED && !self.statuses.items.contains(&status) {
                self.statuses.items.push(status);
            }
        }
    }
}
