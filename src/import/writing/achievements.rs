//! The achievements under a goal: "För att nå målet har vi bland annat".

use std::collections::HashMap;

use uuid::Uuid;

use super::report::{ImportReport, ReportedAchievement, ReportedAction};
use super::sections::Place;
use crate::database::{Connection, Failure};
use crate::http::text;
use crate::import::document::{Goal, Item, SectionKind, fold};
use crate::resources::achievements::{self, AchievementContent, AchievementRow};
use crate::resources::goals;

/// The goal's achievements of the year, by the form in which equal texts are equal.
type There = HashMap<String, Vec<AchievementRow>>;

/// Writes the items under "För att nå målet har vi bland annat", for the goal's
/// year, in their order and after those that are there; one with the same text
/// is left as it is.
pub(super) async fn write(
    connection: &mut Connection,
    goal: &Goal,
    place: Place,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    if goal.items(SectionKind::Achievements).next().is_none() {
        return Ok(());
    }
    let (mut there, mut last) = there(connection, place).await?;
    for item in goal.items(SectionKind::Achievements) {
        if let Some(reason) = no_achievement(item) {
            report.leave(item, "achievement", reason);
            continue;
        }
        let same = there.get_mut(&fold(&item.text)).and_then(|rows| {
            let first = !rows.is_empty();
            first.then(|| rows.remove(0))
        });
        let (achievement_id, action) = match same {
            Some(row) => (Some(row.achievement_id), ReportedAction::Unchanged),
            None => {
                last = last.saturating_add(1).min(goals::LAST_POSITION);
                let made = make(connection, place, &item.text, last).await?;
                (made, ReportedAction::Created)
            }
        };
        report.achievements.push(ReportedAchievement {
            line: item.line,
            achievement_id,
            text: item.text.clone(),
            action,
        });
    }
    Ok(())
}

/// Why nothing can be made of an item.
fn no_achievement(item: &Item) -> Option<&'static str> {
    const NONE: [&str; 5] = ["inga", "inget", "ingen", "ingenting", "saknas"];
    if !item.text.contains(char::is_alphanumeric) || NONE.contains(&fold(&item.text).as_str()) {
        return Some("it says that there is none");
    }
    let long = item.text.chars().count() > text::NOTE;
    long.then_some("it is longer than an achievement may be")
}

/// What is there of the year, and the last position of all that are there.
async fn there(connection: &mut Connection, place: Place) -> Result<(There, i32), Failure> {
    let (mut there, mut last) = (There::new(), 0);
    if let Some(goal_id) = place.goal_id {
        for row in achievements::of_goal(connection, goal_id).await? {
            last = last.max(row.content.position.unwrap_or(0));
            if row.content.year == place.task.budget_year {
                there.entry(fold(&row.content.text)).or_default().push(row);
            }
        }
    }
    Ok((there, last))
}

/// Makes one; answers its key, in a dry run none.
async fn make(
    connection: &mut Connection,
    place: Place,
    text: &str,
    position: i32,
) -> Result<Option<Uuid>, Failure> {
    let Some(goal_id) = place.to_write() else {
        return Ok(None);
    };
    let id = Uuid::now_v7();
    let content = AchievementContent {
        goal_id,
        year: place.task.budget_year,
        text: text.to_owned(),
        assignment_id: None,
        achieved_on: None,
        position: Some(position),
    };
    achievements::insert(connection, id, &content).await?;
    Ok(Some(id))
}
