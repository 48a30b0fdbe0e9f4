//! What an import did, with line numbers (importrapport).

mod rows;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

pub use rows::{
    BudgetReport, GoalReport, ReportedAchievement, ReportedAssignment, ReportedDoubt,
    ReportedInvestment, ReportedItem, ReportedLink,
};

use super::Task;
use crate::import::document::{Document, Item};

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
    "created": 6, "updated": 0, "unchanged": 0,
    "budget": {"action": "created", "changedFields": []},
    "goals": [{
        "line": 14, "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "number": "1.1", "name": null,
        "action": "created", "changedFields": [], "paragraphs": 1
    }],
    "assignments": [{
        "line": 22, "assignmentId": "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22", "title": "Räkna skyltarna",
        "originBoardId": null, "action": "created"
    }],
    "links": [{
        "line": 26, "indicatorCode": "N01951", "title": "Invånare totalt, antal", "position": 1, "action": "created"
    }],
    "investments": [{
        "line": 31, "investmentId": "01941f29-7c00-7c11-8d52-3b9e5f7a1c44", "title": "Nya skyltar",
        "amount": 1500000, "action": "created"
    }],
    "achievements": [{
        "line": 35, "achievementId": "01941f29-7c00-7e42-a1b0-5d8c3f6e9a77", "text": "målat om skyltarna",
        "action": "created"
    }],
    "recognised": [{
        "line": 27, "kind": "indicator", "action": "left", "text": "Antal skyltar",
        "reason": "no indicator has this code or this title"
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
    #[schema(required, example = "2024-05-23")]
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
    /// The goals' links to key figures (nyckeltal), in the document's order.
    pub links: Vec<ReportedLink>,
    /// The investments (investeringar), in the document's order.
    pub investments: Vec<ReportedInvestment>,
    /// The achievements ("För att nå målet har vi bland annat"), in the document's order.
    pub achievements: Vec<ReportedAchievement>,
    /// What was recognised and cannot be written, with the reason: key figures
    /// that are not known, investments without an amount that is certain or with
    /// another than is there,
    /// assignments of boards that are not known, what stands under other headings.
    pub recognised: Vec<ReportedItem>,
    /// What a reader should look at.
    pub doubts: Vec<ReportedDoubt>,
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
            links: Vec::new(),
            investments: Vec::new(),
            achievements: Vec::new(),
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
    pub(super) fn leave(&mut self, item: &Item, kind: &'static str, reason: impl Into<String>) {
        self.recognised.push(ReportedItem {
            line: item.line,
            kind,
            action: ReportedAction::Left,
            text: item.text.clone(),
            reason: reason.into(),
        });
    }

    /// Counts what was done, and puts what was left in the document's order.
    pub(super) fn finish(&mut self) {
        self.recognised.sort_by_key(|item| item.line);
        let actions: Vec<ReportedAction> = [self.budget.action]
            .into_iter()
            .chain(self.goals.iter().map(|it| it.action))
            .chain(self.assignments.iter().map(|it| it.action))
            .chain(self.links.iter().map(|it| it.action))
            .chain(self.investments.iter().map(|it| it.action))
            .chain(self.achievements.iter().map(|it| it.action))
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
