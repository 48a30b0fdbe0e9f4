//! The assignments under a goal.

use uuid::Uuid;

use super::report::{ImportReport, ReportedAction, ReportedAssignment};
use super::sections::Place;
use crate::database::{Connection, Failure};
use crate::http::text;
use crate::import::document::{Goal, Item, SectionKind, same_title, split_board};
use crate::resources::assignments::{
    self, AssignmentContent, AssignmentRow, AssignmentStatus, Origin,
};
use crate::resources::boards;

/// Writes the assignments of a goal: those from the council to all boards, a
/// board's own where the item names a board that is known.
pub(super) async fn write(
    connection: &mut Connection,
    goal: &Goal,
    place: Place,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    let known = boards::names(connection).await?;
    let mut there = match place.goal_id {
        Some(goal_id) => assignments::of_goal(connection, goal_id).await?,
        None => Vec::new(),
    };
    for section in &goal.sections {
        for item in &section.items {
            let given = match section.kind {
                SectionKind::CouncilAssignments => Some((None, item.text.clone())),
                SectionKind::BoardAssignments => board_and_text(item, &known),
                _ => continue,
            };
            let Some((board, text)) = given else {
                report.leave(item, "boardAssignment", "it names no board that is known");
                continue;
            };
            let told = save(connection, item.line, place, board, &text, &mut there).await?;
            report.assignments.push(told);
        }
    }
    Ok(())
}

/// The board that an item names, itself or in the line above it, and the rest.
fn board_and_text(item: &Item, known: &[(String, String)]) -> Option<(Option<String>, String)> {
    if let Some(named) = split_board(&item.text, known) {
        return Some((Some(named.board.clone()), named.text));
    }
    let lead_in = item.lead_in.as_deref()?;
    let whole = format!("{}: {}", lead_in.trim_end_matches(':'), item.text);
    split_board(&whole, known).map(|named| (Some(named.board.clone()), named.text))
}

async fn save(
    connection: &mut Connection,
    line: usize,
    place: Place,
    board: Option<String>,
    whole: &str,
    there: &mut Vec<AssignmentRow>,
) -> Result<ReportedAssignment, Failure> {
    let (title, description) = title_of(whole);
    let same = there.iter().position(|row| {
        row.content.origin_board_id == board && same_title(&row.content.title, &title)
    });
    let told = |assignment_id, action| ReportedAssignment {
        line,
        assignment_id,
        title: title.clone(),
        origin_board_id: board.clone(),
        action,
    };
    if let Some(index) = same {
        let row = there.remove(index);
        return Ok(told(Some(row.assignment_id), ReportedAction::Unchanged));
    }
    let Some(goal_id) = place.to_write() else {
        return Ok(told(None, ReportedAction::Created));
    };
    let id = Uuid::now_v7();
    let content = AssignmentContent {
        goal_id,
        title: title.clone(),
        description,
        origin: if board.is_some() {
            Origin::Board
        } else {
            Origin::Council
        },
        origin_board_id: board.clone(),
        all_boards: board.is_none(),
        board_ids: board.iter().cloned().collect(),
        status: AssignmentStatus::NotStarted,
        starts_on: None,
        due_on: None,
        anchor: None,
    };
    assignments::insert(connection, id, &content).await?;
    Ok(told(Some(id), ReportedAction::Created))
}

/// The title of an assignment: its text, or the words of it that fit; then the
/// whole text is its description.
fn title_of(whole: &str) -> (String, Option<String>) {
    if whole.chars().count() <= text::TITLE {
        return (whole.to_owned(), None);
    }
    let fitting: String = whole.chars().take(text::TITLE - 1).collect();
    let words = fitting
        .rsplit_once(' ')
        .map_or(fitting.as_str(), |(words, _)| words);
    (format!("{}…", words.trim_end()), Some(whole.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_item_becomes_a_title_that_fits_and_a_description_with_all_of_it() {
        let whole = "ord ".repeat(100).trim_end().to_owned();
        let (title, description) = title_of(&whole);
        assert!(title.chars().count() <= text::TITLE);
        assert!(title.ends_with("ord…"));
        assert_eq!(description, Some(whole));
    }
}
