//! What is not there: told from the rows, goal by goal.

use chrono::{Datelike, NaiveDate};

use super::parts::Parts;
use super::{Gap, GoalCompleteness, OverdueValue, SilentBoard};
use crate::http::links::{Linker, Links, Root};
use crate::resources::goals::GoalRow;
use crate::resources::indicators::IndicatorRow;
use crate::resources::targets::TargetKind;
use crate::resources::values::{Gender, ValueStatus};

impl Parts {
    /// What one goal lacks for the year of its budget, as of today.
    pub(super) fn lacking(
        &self,
        goal: &GoalRow,
        today: NaiveDate,
        root: &Root,
    ) -> GoalCompleteness {
        let id = goal.goal_id;
        let indicators: Vec<&IndicatorRow> = self
            .links
            .iter()
            .filter(|link| link.goal_id == id)
            .filter_map(|link| {
                let mut rows = self.indicators.iter();
                rows.find(|row| row.indicator_code == link.indicator_code)
            })
            .collect();
        let without = |wanted: &dyn Fn(&IndicatorRow) -> bool| {
            let lacking = indicators.iter().filter(|row| wanted(row));
            lacking.map(|row| row.indicator_code.clone()).collect()
        };
        let told = |row: &IndicatorRow, gender| self.told(&row.indicator_code, gender);
        let late = |row: &&IndicatorRow| {
            let due_on = due(row.content.values_due.as_deref()?, goal.content.budget_year)?;
            let late = today > due_on && !told(row, Gender::All);
            late.then(|| OverdueValue {
                indicator_code: row.indicator_code.clone(),
                due_on,
            })
        };
        let mut found = GoalCompleteness {
            goal_id: id,
            number: goal.content.number.clone(),
            name: goal.content.name.clone(),
            statement: goal.content.statement.clone(),
            complete: false,
            gaps: Vec::new(),
            indicators_without_value: without(&|row| !told(row, Gender::All)),
            indicators_without_gender: without(&|row| {
                row.content.divided_by_gender
                    && !(told(row, Gender::Women) && told(row, Gender::Men))
            }),
            targets_without_baseline: self
                .targets
                .iter()
                .filter(|row| row.content.goal_id == id && row.content.baseline_year.is_none())
                .filter(|row| !matches!(row.content.kind, TargetKind::Boolean | TargetKind::Rank))
                .map(|row| row.target_id)
                .collect(),
            silent_boards: self
                .silent_boards
                .iter()
                .filter(|row| row.goal_id == id)
                .map(|row| SilentBoard {
                    assignment_id: row.assignment_id,
                    board_id: row.board_id.clone(),
                    board_name: row.board_name.clone(),
                })
                .collect(),
            overdue_values: indicators.iter().filter_map(late).collect(),
            links: links(root, &format!("/goals/{id}")),
        };
        found.gaps = self.gaps(goal, indicators.is_empty(), &found);
        found.complete = found.gaps.is_empty();
        found
    }

    fn gaps(&self, goal: &GoalRow, no_indicator: bool, found: &GoalCompleteness) -> Vec<Gap> {
        let id = goal.goal_id;
        let assigned = self.assignments.iter().any(|row| row.content.goal_id == id);
        let there = |gap: Gap| match gap {
            Gap::NoText => goal.content.political_text.is_none(),
            Gap::NoAssignment => !assigned,
            Gap::NoIndicator => no_indicator,
            Gap::NoValue => !found.indicators_without_value.is_empty(),
            Gap::NoGenderValue => !found.indicators_without_gender.is_empty(),
            Gap::NoBaseline => !found.targets_without_baseline.is_empty(),
            Gap::SilentBoard => !found.silent_boards.is_empty(),
            Gap::NoInvestment => !self.invested.contains(&id),
            Gap::OverdueValue => !found.overdue_values.is_empty(),
        };
        Gap::ALL.into_iter().filter(|gap| there(*gap)).collect()
    }

    /// Whether there is a number, or one that may not be told.
    fn told(&self, code: &str, gender: Gender) -> bool {
        self.figures.iter().any(|figure| {
            figure.indicator_code == code
                && figure.gender == gender
                && figure.status != ValueStatus::Missing
        })
    }
}

fn links(root: &Root, goal: &str) -> Links {
    Linker::new(root)
        .link("self", "self", goal)
        .link("overview", "related", format!("{goal}/overview"))
        .done()
}

/// The day on which a year's value is due: `--03-31` in the year after it. The
/// last of February is meant by the 29th where there is none.
fn due(values_due: &str, year: i32) -> Option<NaiveDate> {
    let day = |text: String| text.parse::<NaiveDate>().ok();
    let next = year + 1;
    day(format!("{next}{}", &values_due.strip_prefix('-')?))
        .or_else(|| NaiveDate::from_ymd_opt(next, 3, 1)?.pred_opt())
        .filter(|date| date.year() == next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_due_in_the_year_after_it() {
        let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
        assert_eq!(due("--03-31", 2023), date(2024, 3, 31));
        assert_eq!(due("--02-29", 2023), date(2024, 2, 29));
        assert_eq!(due("--02-29", 2024), date(2025, 2, 28));
    }
}
