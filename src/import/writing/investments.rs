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
/// year. One with the same title as one that is there is that one, and its
/// amount becomes the document's.
pub(super) async fn write(
    connection: &mut Connection,
    goal: &Goal,
    place: Place,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    let mut priced: Vec<(&Item, Priced)> = Vec::new();
    for item in goal.items(SectionKind::Investments) {
        match read(item) {
            Ok(found) => priced.push((item, found)),
            Err(reason) => report.leave(item, "investment", reason),
        }
    }
    if priced.is_empty() {
        return Ok(());
    }
    let mut there = there(connection, place).await?;
    for ((item, priced), same) in priced.iter().zip(same_ones(&mut there, &priced)) {
        let told = save(connection, place, item.line, priced, same).await?;
        report.investments.push(told);
    }
    Ok(())
}

/// An item's amount and title, or why it has none.
fn read(item: &Item) -> Result<Priced, &'static str> {
    let priced = split_amount(&item.text).map_err(|why| match why {
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

async fn save(
    connection: &mut Connection,
    place: Place,
    line: usize,
    priced: &Priced,
    same: Option<InvestmentRow>,
) -> Result<ReportedInvestment, Failure> {
    let told = |investment_id, title: &str, action| ReportedInvestment {
        line,
        investment_id,
        title: title.to_owned(),
        amount: priced.amount,
        action,
    };
    if let Some(row) = same {
        let (id, title) = (Some(row.investment_id), row.content.title.clone());
        if row.content.amount == priced.amount {
            return Ok(told(id, &title, ReportedAction::Unchanged));
        }
        if place.task.dry_run || set_amount(connection, row.investment_id, priced).await? {
            return Ok(told(id, &title, ReportedAction::Updated));
        }
    }
    let Some(goal_id) = place.to_write() else {
        return Ok(told(None, &priced.title, ReportedAction::Created));
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
    Ok(told(Some(id), &priced.title, ReportedAction::Created))
}

/// Gives an investment the document's amount, and changes nothing else of it;
/// false when it has gone in the meantime.
async fn set_amount(
    connection: &mut Connection,
    id: Uuid,
    priced: &Priced,
) -> Result<bool, Failure> {
    let Some(current) = investments::lock(connection, id).await? else {
        return Ok(false);
    };
    let content = InvestmentContent {
        amount: priced.amount,
        ..current.content.clone()
    };
    investments::replace(connection, current, content).await?;
    Ok(true)
}
