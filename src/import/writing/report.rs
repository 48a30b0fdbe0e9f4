//! What an import did, with line numbers (importrapport).

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Task;
use crate::import::document::{Document, SectionKind};

/// What an import did with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ReportedAction {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was so already.
    Unchanged,
    /// It was recognised and not written.
    Left,
}

impl ReportedAction {
    /// The word in a report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Left => "left",
        }
    }
}

/// What an import did (importrapport).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "documentKind": "budget", "budgetYear": 2025, "dryRun": false, "sourceUpdatedOn": null,
    "created": 3, "updated": 0, "unchanged": 0,
    "budget": {"action": "created", "changedFields": []},
    "goals": [{
        "line": 14, "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "number": "1.1", "name": null,
        "action": "created", "changedFields": [], "paragraphs": 1
    }],
    "assignments": [{
        "line": 22, "assignmentId": "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "title": "Räkna skyltarna",
        "originBoardId": null, "action": "created"
    }],
    "recognised": [{
        "line": 26, "kind": "indicator", "action": "left", "text": "Antal skyltar",
        "reason": "recognised; its resource comes in a later version"
    }],
    "doubts": [{
        "line": 18, "code": "joinedLines", "detail": "joined to line 16, which ends without closing punctuation"
    }]
}))]
pub struct ImportReport {
    /// `budget`: the goals of a budget year; `goalPage`: the page of one goal.
    #[schema(example = "budget")]
    pub document_kind: &'static str,
    /// The budget it was imported into.
    #[schema(example = 2023)]
    pub budget_year: i32,
    /// Whether this is what would be done, and nothing was written.
    #[schema(example = false)]
    pub dry_run: bool,
    /// The day the document says it was updated.
    #[schema(example = "2024-05-23")]
    pub source_updated_on: Option<NaiveDate>,
    /// How many rows were made.
    #[schema(example = 1)]
    pub created: usize,
    /// How many rows were changed.
    #[schema(example = 8)]
    pub updated: usize,
    /// How many rows were so already.
    #[schema(example = 0)]
    pub unchanged: usize,
    /// The budget.
    pub budget: BudgetReport,
    /// The goals, in the document's order.
    pub goals: Vec<GoalReport>,
    /// The assignments, in the document's order.
    pub assignments: Vec<ReportedAssignment>,
    /// What was recognised and has nowhere to go yet: key figures,
    /// investments, achievements, and assignments of boards that are not known.
    pub recognised: Vec<ReportedItem>,
    /// What a reader should look at.
    pub doubts: Vec<ReportedDoubt>,
}

/// What an import did with the budget.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetReport {
    /// What was done.
    pub action: ReportedAction,
    /// The members that changed.
    #[schema(example = json!(["description"]))]
    pub changed_fields: Vec<String>,
}

/// What an import did with one goal.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GoalReport {
    /// The line of its heading.
    #[schema(example = 52)]
    pub line: usize,
    /// Its key; of a dry run's new goal null.
    pub goal_id: Option<Uuid>,
    /// Its number in the document.
    #[schema(example = "1.1")]
    pub number: Option<String>,
    /// Its name in the document.
    pub name: Option<String>,
    /// What was done.
    pub action: ReportedAction,
    /// The members that changed.
    #[schema(example = json!(["politicalText"]))]
    pub changed_fields: Vec<String>,
    /// How many paragraphs its political text has.
    #[schema(example = 5)]
    pub paragraphs: usize,
}

/// What an import did with one assignment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedAssignment {
    /// The line it stands on.
    #[schema(example = 30)]
    pub line: usize,
    /// Its key; of a dry run's new assignment null.
    pub assignment_id: Option<Uuid>,
    /// Its title.
    #[schema(example = "Ta fram en handlingsplan")]
    pub title: String,
    /// The board that gave it; null for the council.
    #[schema(example = "socialnamnden")]
    pub origin_board_id: Option<String>,
    /// What was done.
    pub action: ReportedAction,
}

/// Something that was recognised and not written.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedItem {
    /// The line it stands on.
    #[schema(example = 34)]
    pub line: usize,
    /// `indicator`, `investment`, `achievement`, `boardAssignment` or `unknownHeading`.
    #[schema(example = "indicator")]
    pub kind: &'static str,
    /// Always `left`.
    pub action: ReportedAction,
    /// Its text.
    #[schema(example = "Antal invånare")]
    pub text: String,
    /// Why it was left.
    #[schema(example = "recognised; its resource comes in a later version")]
    pub reason: &'static str,
}

/// Something a reader should look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedDoubt {
    /// The line it is about.
    #[schema(example = 83)]
    pub line: usize,
    /// What kind of doubt, in one word that never changes.
    #[schema(example = "joined")]
    pub code: String,
    /// What was seen and what was done about it.
    #[schema(example = "this line was joined to the one before it")]
    pub detail: String,
}

impl ImportReport {
    pub(super) fn new(document: &Document, task: Task) -> Self {
        let doubts = document.doubts().iter();
        Self {
            document_kind: match document {
                Document::Budget(_) => "budget",
                Document::GoalPage(_) => "goalPage",
            },
            budget_year: task.budget_year,
            dry_run: task.dry_run,
            source_updated_on: document.source_updated_on(),
            created: 0,
            updated: 0,
            unchanged: 0,
            budget: BudgetReport {
                action: ReportedAction::Unchanged,
                changed_fields: Vec::new(),
            },
            goals: Vec::new(),
            assignments: Vec::new(),
            recognised: Vec::new(),
            doubts: doubts
                .map(|doubt| ReportedDoubt {
                    line: doubt.line,
                    code: doubt.code.to_string(),
                    detail: doubt.detail.clone(),
                })
                .collect(),
        }
    }

    /// Notes an item that nothing was made of.
    pub(super) fn leave(&mut self, line: usize, kind: SectionKind, text: &str) {
        let later = "recognised; its resource comes in a later version";
        let (kind, reason) = match kind {
            SectionKind::Indicators => ("indicator", later),
            SectionKind::Investments => ("investment", later),
            SectionKind::Achievements => ("achievement", later),
            SectionKind::BoardAssignments => ("boardAssignment", "it names no board that is known"),
            SectionKind::Approach | SectionKind::CouncilAssignments | SectionKind::Unknown => {
                ("unknownHeading", "its heading is not known")
            }
        };
        self.recognised.push(ReportedItem {
            line,
            kind,
            action: ReportedAction::Left,
            text: text.to_owned(),
            reason,
        });
    }

    /// Counts what was done.
    pub(super) fn count(&mut self) {
        let goals = self.goals.iter().map(|goal| goal.action);
        let assignments = self.assignments.iter().map(|assignment| assignment.action);
        let actions: Vec<ReportedAction> = goals
            .chain(assignments)
            .chain([self.budget.action])
            .collect();
        let number = |wanted| actions.iter().filter(|action| **action == wanted).count();
        self.created = number(ReportedAction::Created);
        self.updated = number(ReportedAction::Updated);
        self.unchanged = number(ReportedAction::Unchanged);
    }
}

/// The names of the members in which two contents differ.
pub(super) fn changed_fields(before: &impl Serialize, after: &impl Serialize) -> Vec<String> {
    let object = |value: &dyn Fn() -> serde_json::Result<serde_json::Value>| {
        value()
            .ok()
            .and_then(|value| value.as_object().cloned())
            .unwrap_or_default()
    };
    let before = object(&|| serde_json::to_value(before));
    let after = object(&|| serde_json::to_value(after));
    after
        .into_iter()
        .filter(|(name, value)| before.get(name) != Some(value))
        .map(|(name, _)| name)
        .collect()
}
