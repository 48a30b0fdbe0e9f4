//! The investments under a goal.

use std::collections::HashMap;

use uuid::Uuid;

use super::report::{ImportReport, ReportedAction, ReportedInvestment};
use super::sections::Place;
use crate::database::{Connection, Failure};
use crate::http::text;
use crate::import::document::{Goal, Item, Priced, SectionKind, Unpriced, fold, split_amount};
use crate::resources::investments::{self, InvestmentContent, InvestmentRow};

/// The goal's investments of the year, by the form in which equal titles are equal.
type There = HashMap<String, Vec<InvestmentRow>>;

/// Writes the items under "Investeringar" that have an amount, for the goal's
/// year. One with the same title as one that is there is that one; where their
/// amounts differ, the one that is there stays, and the report tells both.
pub(super) async fn write(
    connection: &mut Connection,
    goal: &Goal,
    place: Place,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    let mut priced: Vec<(&Item, Priced)> = Vec::new();
    for item in goal.items(SectionKind::Investments) {
        match read(item, place.task.budget_year) {
            Ok(found) => priced.push((item, found)),
            Err(reason) => report.leave(item, "investment", reason),
        }
    }
    if priced.is_empty() {
        return Ok(());
    }
    let mut there = there(connection, place).await?;
    for ((item, priced), same) in priced.iter().zip(same_ones(&mut there, &priced)) {
        let (investment_id, title, action) = match same {
            Some(row) if row.content.amount != priced.amount => {
                report.leave(item, "investment", differs(&row, priced));
                continue;
            }
            Some(row) => {
                let id = Some(row.investment_id);
                (id, row.content.title, ReportedAction::Unchanged)
            }
            None => {
                let made = make(connection, place, priced).await?;
                (made, priced.title.clone(), ReportedAction::Created)
            }
        };
        report.investments.push(ReportedInvestment {
            line: item.line,
            investment_id,
            title,
            amount: priced.amount,
            action,
        });
    }
    Ok(())
}

/// An item's amount and title, or why it has none.
fn read(item: &Item, year: i32) -> Result<Priced, &'static str> {
    let priced = split_amount(&item.text, year).map_err(|why| match why {
        Unpriced::None => "it has no amount of money",
        Unpriced::Several => "it has more than one amount of money",
        Unpriced::Uncertain => "its amount of money is not certain",
        Unpriced::Untitled => "it has an amount of money and does not say what for",
    })?;
    if priced.title.chars().count() > text::TITLE {
        return Err("what the money is for is longer than the title of an investment may be");
    }
    Ok(priced)
}

async fn there(connection: &mut Connection, place: Place) -> Result<There, Failure> {
    let mut there = There::new();
    if let Some(goal_id) = place.goal_id {
        for row in investments::of_goal(connection, goal_id).await? {
            if row.content.year == place.task.budget_year {
                there.entry(fold(&row.content.title)).or_default().push(row);
            }
        }
    }
    there
        .values_mut()
        .for_each(|rows| rows.sort_by_key(|row| row.investment_id));
    Ok(there)
}

/// For each item the investment that is the same: with the same title and
/// amount, else with the same title. All that are wholly the same count first.
fn same_ones(there: &mut There, priced: &[(&Item, Priced)]) -> Vec<Option<InvestmentRow>> {
    let mut same: Vec<Option<InvestmentRow>> = priced.iter().map(|_| None).collect();
    for by_amount in [true, false] {
        for (found, (_, priced)) in same.iter_mut().zip(priced) {
            let rows = there.get_mut(&fold(&priced.title));
            if let Some(rows) = rows.filter(|_| found.is_none()) {
                let is_same =
                    |row: &InvestmentRow| !by_amount || row.content.amount == priced.amount;
                *found = rows
                    .iter()
                    .position(is_same)
                    .map(|index| rows.remove(index));
            }
        }
    }
    same
}

/// Why nothing is written for an item whose title is there with another amount.
fn differs(row: &InvestmentRow, priced: &Priced) -> String {
    let (id, there, here) = (row.investment_id, row.content.amount, priced.amount);
    format!(
        "an investment of this title is there with another amount: {there} kronor there, {here} in the document (investment {id})"
    )
}

/// Makes one; answers its key, in a dry run none.
async fn make(
    connection: &mut Connection,
    place: Place,
    priced: &Priced,
) -> Result<Option<Uuid>, Failure> {
    let Some(goal_id) = place.to_write() else {
        return Ok(None);
    };
    let id = Uuid::now_v7();
    let content = InvestmentContent {
        goal_id,
        year: place.task.budget_year,
        title: priced.title.clone(),
        amount: priced.amount,
        board_id: None,
    };
    investments::insert(connection, id, &content).await?;
    Ok(Some(id))
}
