//! The lineage of a goal (målets historia): the goals that it continues and
//! that continue it, and what changed from each to the next.

mod handlers;
mod likeness;
mod paragraphs;
#[cfg(test)]
mod tests;
mod words;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use handlers::operations;

use crate::http::links::{Linker, Links, Root};
use crate::resources::goals::GoalRow;

/// The lineage of a goal (målets historia): all goals that it continues, near
/// and far, all that continue it, and what changed from each to the next.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11",
    "goals": [
        {
            "goalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "budgetYear": 2023, "number": "1.1", "name": null,
            "statement": "Alla hittar hem", "predecessorIds": [],
            "_links": {"self": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "rel": "self", "method": "GET"}}
        },
        {
            "goalId": "018d04f2-3400-7c11-9e5b-2f7b3a9d4c55", "budgetYear": 2024, "number": "1.2", "name": null,
            "statement": "Alla hittar hem i tid", "predecessorIds": ["01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11"],
            "_links": {"self": {"href": "https://oppnadata.example.se/malbild/v1/goals/018d04f2-3400-7c11-9e5b-2f7b3a9d4c55", "rel": "self", "method": "GET"}}
        }
    ],
    "steps": [{
        "fromGoalId": "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "toGoalId": "018d04f2-3400-7c11-9e5b-2f7b3a9d4c55",
        "statementChange": {"changed": true, "words": [{"op": "equal", "text": "Alla hittar hem"}, {"op": "insert", "text": " i tid"}]},
        "compared": true,
        "counts": {"unchanged": 1, "added": 1, "removed": 1, "moved": 0, "reworded": 1},
        "paragraphs": [
            {"change": "removed", "from": 1, "to": null, "text": "Kartan ritas om.", "words": null},
            {"change": "reworded", "from": 2, "to": 1, "text": "Skyltarna ska alltid vara rena.", "words": [
                {"op": "equal", "text": "Skyltarna ska "}, {"op": "insert", "text": "alltid "}, {"op": "equal", "text": "vara rena."}
            ]},
            {"change": "added", "from": null, "to": 3, "text": "Lyktorna ska lysa.", "words": null}
        ],
        "exact": true
    }],
    "_links": {
        "goal": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11", "rel": "up", "method": "GET"},
        "self": {"href": "https://oppnadata.example.se/malbild/v1/goals/01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11/lineage", "rel": "self", "method": "GET"}
    }
}))]
pub struct Lineage {
    /// The goal that was asked for.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The goal itself, those that it continues and those that continue it, by
    /// budgetYear, position and goalId.
    pub goals: Vec<LineageGoal>,
    /// From each goal to each that continues it, in the order of `goals`: by the later
    /// goal, then by the earlier one.
    pub steps: Vec<LineageStep>,
    /// Where to go from here: `self` and `goal`.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// A goal of a lineage (mål), without its political text.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineageGoal {
    /// The key.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub goal_id: Uuid,
    /// The budget it was adopted with.
    #[schema(example = 2023)]
    pub budget_year: i32,
    /// Its number in the document.
    #[schema(required, example = "1.1")]
    pub number: Option<String>,
    /// Its name, where it has one beside its statement.
    #[schema(required, example = "Skyltar och vägar")]
    pub name: Option<String>,
    /// The goal itself (målformulering).
    #[schema(example = "Alla hittar hem")]
    pub statement: String,
    /// The goals of earlier years that it continues. Of a goal that was merged, some may
    /// be outside the lineage of another.
    #[schema(example = json!([]))]
    pub predecessor_ids: Vec<Uuid>,
    /// Where to go from here: `self`.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// What changed from a goal to one that continues it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineageStep {
    /// The earlier goal.
    #[schema(example = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11")]
    pub from_goal_id: Uuid,
    /// The later goal.
    #[schema(example = "018d04f2-3400-7c11-9e5b-2f7b3a9d4c55")]
    pub to_goal_id: Uuid,
    /// What changed in the statement (målformulering).
    pub statement_change: StatementChange,
    /// Whether both goals have a political text here. Where one has none, nothing is
    /// said of paragraphs: all `counts` are 0.
    #[schema(example = true)]
    pub compared: bool,
    /// How many paragraphs of the political text (politisk text) were changed, and how.
    pub counts: ParagraphCounts,
    /// The paragraphs that changed, in the order of the later text; a removed one stands
    /// where it stood. Unchanged ones are counted and not listed.
    pub paragraphs: Vec<ParagraphChange>,
    /// Whether the paragraphs were paired as well as can be. False only of very large
    /// texts: where the product of the numbers of their paragraphs is above a million, or
    /// of those left to compare word by word above 100 000, which are then compared with
    /// those at about the same place.
    #[schema(example = true)]
    pub exact: bool,
}

/// What changed in a statement (målformulering).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementChange {
    /// Whether the two statements differ.
    #[schema(example = true)]
    pub changed: bool,
    /// The words of both; null when they do not differ.
    #[schema(required)]
    pub words: Option<Vec<WordPiece>>,
}

/// How many paragraphs (stycken) of two texts are in each relation.
/// `unchanged`, `moved`, `reworded` and `removed` are together those of the
/// earlier text; with `added` in the place of `removed` those of the later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParagraphCounts {
    /// In both texts, and in the same order.
    #[schema(example = 1)]
    pub unchanged: usize,
    /// Only in the later text.
    #[schema(example = 1)]
    pub added: usize,
    /// Only in the earlier text.
    #[schema(example = 1)]
    pub removed: usize,
    /// In both texts, and in another order.
    #[schema(example = 0)]
    pub moved: usize,
    /// In both texts with other words.
    #[schema(example = 1)]
    pub reworded: usize,
}

impl ParagraphCounts {
    fn add(&mut self, change: ParagraphChangeKind) {
        let count = match change {
            ParagraphChangeKind::Added => &mut self.added,
            ParagraphChangeKind::Removed => &mut self.removed,
            ParagraphChangeKind::Moved => &mut self.moved,
            ParagraphChangeKind::Reworded => &mut self.reworded,
        };
        *count += 1;
    }
}

/// What became of a paragraph (stycke).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ParagraphChangeKind {
    /// Only the later text has it.
    Added,
    /// Only the earlier text has it.
    Removed,
    /// Both have it, in another order.
    Moved,
    /// Both have it, with other words; at least half of the words are common and in the
    /// same order. It may have moved, too.
    Reworded,
}

/// A paragraph (stycke) that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParagraphChange {
    /// What became of it.
    pub change: ParagraphChangeKind,
    /// Which paragraph of the earlier text it is, from 1; null when it was added.
    #[schema(required, example = 2)]
    pub from: Option<usize>,
    /// Which paragraph of the later text it is, from 1; null when it was removed.
    #[schema(required, example = 1)]
    pub to: Option<usize>,
    /// The paragraph as the later text has it; of one that was removed, as the earlier
    /// text had it.
    #[schema(example = "Skyltarna ska alltid vara rena.")]
    pub text: String,
    /// What was reworded, word by word; null of any other change. `equal` and `delete`
    /// joined are the earlier paragraph, `equal` and `insert` the later one.
    #[schema(required)]
    pub words: Option<Vec<WordPiece>>,
}

/// What was done to some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WordOperation {
    /// Both texts have them.
    Equal,
    /// Only the later text has them.
    Insert,
    /// Only the earlier text has them.
    Delete,
}

/// Some words, with the blanks and signs between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WordPiece {
    /// Which of the two texts has them.
    pub op: WordOperation,
    /// The words, with every blank as it stands.
    #[schema(example = "alltid ")]
    pub text: String,
}

impl Lineage {
    /// The lineage of a goal among the goals of it, which are in order.
    fn new(goal_id: Uuid, goals: &[GoalRow], root: &Root) -> Self {
        let steps = goals.iter().flat_map(|later| {
            let earlier = goals.iter();
            earlier
                .filter(|earlier| later.content.predecessor_ids.contains(&earlier.goal_id))
                .map(|earlier| LineageStep::between(earlier, later))
        });
        Self {
            goal_id,
            goals: goals
                .iter()
                .map(|row| LineageGoal::new(row, root))
                .collect(),
            steps: steps.collect(),
            links: Linker::new(root)
                .link("self", "self", format!("/goals/{goal_id}/lineage"))
                .link("goal", "up", format!("/goals/{goal_id}"))
                .done(),
        }
    }
}

impl LineageGoal {
    /// A goal as a lineage lists it.
    pub(in crate::views) fn new(row: &GoalRow, root: &Root) -> Self {
        let (goal_id, content) = (row.goal_id, row.content.clone());
        Self {
            goal_id,
            budget_year: content.budget_year,
            number: content.number,
            name: content.name,
            statement: content.statement,
            predecessor_ids: content.predecessor_ids,
            links: Linker::new(root)
                .link("self", "self", format!("/goals/{goal_id}"))
                .done(),
        }
    }
}

impl LineageStep {
    fn between(earlier: &GoalRow, later: &GoalRow) -> Self {
        let (old, new) = (&earlier.content, &later.content);
        // A text that is not here is not one that says nothing.
        let texts = old.political_text.as_ref().zip(new.political_text.as_ref());
        let (old_text, new_text) = texts.map_or(("", ""), |(old, new)| (old, new));
        let difference = paragraphs::difference(old_text, new_text);
        let changed = old.statement != new.statement;
        Self {
            from_goal_id: earlier.goal_id,
            to_goal_id: later.goal_id,
            statement_change: StatementChange {
                changed,
                words: changed.then(|| words::difference(&old.statement, &new.statement)),
            },
            compared: texts.is_some(),
            counts: difference.counts,
            paragraphs: difference.changes,
            exact: difference.exact,
        }
    }
}
