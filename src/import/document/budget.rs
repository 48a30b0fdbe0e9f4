//! A budget's goals: front pages, introduction, then one heading and text for each goal.
use std::collections::HashSet;

use super::body;
use super::compare::{fold, without_full_stop};
use super::contents::Contents;
use super::doubts::{Doubt, DoubtCode, Refusal, RefusalCode};
use super::front::{self, Front};
use super::introduction::{self, Introduction, Listed};
use super::left_out::doubt_left_out;
use super::lines::Line;
use super::listing::{self, Headed};
use super::model::{BudgetDocument, Goal, YearFound};
use super::numbering::Numbered;
use super::outline::{GoalHeading, Mark, Outline};

/// What has been found out about the lines so far.
pub(super) struct Source<'a> {
    pub(super) lines: &'a [Line],
    pub(super) numbered: &'a [Numbered],
    pub(super) contents: &'a Contents,
    pub(super) outline: &'a Outline,
}

/// Reads a budget document that has at least one goal's heading.
pub(super) fn parse(
    source: &Source<'_>,
    doubts: &mut Vec<Doubt>,
) -> Result<BudgetDocument, Refusal> {
    let before = source.before_goals();
    let front = front::read(&before);
    let introduction = source.introduction(&before, &front, doubts);
    let headings = source.headings();
    let listed = source.all_listed(&introduction);
    let statements = listing::statements(&headings, &listed, doubts);
    listing::check_contents(&headings, source.contents, doubts);

    let mut document = BudgetDocument {
        budget_year: front.year.or(introduction.year),
        title: front.title,
        decided_by: front.decided_by,
        description: introduction.description,
        announced: introduction.announced,
        goals: Vec::new(),
        source_updated_on: None,
        years: front.year.into_iter().chain(introduction.year).collect(),
        doubts: Vec::new(),
    };
    let mut statements = statements.into_iter();
    for (place, mark) in source.outline.marks.iter().enumerate() {
        let Some(heading) = &mark.goal else { continue };
        let lines = source.under(place, mark);
        let line = source.lines.get(mark.start).map_or(1, |line| line.number);
        let listed = statements
            .next()
            .flatten()
            .map(|entry| entry.statement.as_str());
        document.add_goal((line, heading), listed, lines, doubts)?;
    }
    source.doubt_rest(doubts);
    document.check(doubts);
    Ok(document)
}

impl BudgetDocument {
    fn add_goal(
        &mut self,
        (line, heading): Headed<'_>,
        listed: Option<&str>,
        lines: &[Line],
        doubts: &mut Vec<Doubt>,
    ) -> Result<(), Refusal> {
        let titles: Vec<&str> = [Some(heading.title.as_str()), listed]
            .into_iter()
            .flatten()
            .collect();
        let mut body = body::read(lines, &titles, doubts);
        let titled = (!heading.title.is_empty()).then_some(heading.title.as_str());
        let statement = match listed.or(titled) {
            Some(statement) => without_full_stop(statement).to_owned(),
            None if !body.paragraphs.is_empty() => body.paragraphs.remove(0).text,
            None => {
                let detail = format!("goal {} has no statement", heading.number);
                return Err(Refusal::new(Some(line), RefusalCode::NoStatement, detail));
            }
        };
        self.years.extend(body.years());
        self.source_updated_on = body.updated_on.or(self.source_updated_on);
        let number = Some(heading.number.clone());
        let (paragraphs, sections) = (body.paragraphs, body.sections);
        self.goals.push(Goal {
            line,
            number,
            name: None,
            statement,
            paragraphs,
            sections,
        });
        Ok(())
    }

    fn check(&self, doubts: &mut Vec<Doubt>) {
        if self.title.is_none() {
            let line = self.goals.first().map_or(1, |goal| goal.line);
            let detail =
                "no line before the goals names the goals and a year, so the document has no title";
            doubts.push(Doubt::new(line, DoubtCode::TitleMissing, detail));
        }
        if let Some(announced) = self
            .announced
            .filter(|announced| announced.count != self.goals.len())
        {
            let detail = format!(
                "{} goals are announced and {} were found",
                announced.count,
                self.goals.len()
            );
            doubts.push(Doubt::new(announced.line, DoubtCode::CountDiffers, detail));
        }
        doubt_years(self.budget_year, &self.years, doubts);
    }
}

/// A doubt for each year that is not the document's own.
pub(super) fn doubt_years(own: Option<YearFound>, years: &[YearFound], doubts: &mut Vec<Doubt>) {
    let Some(own) = own else { return };
    doubts.extend(
        years
            .iter()
            .filter(|found| found.year != own.year)
            .map(|found| {
                let detail = format!(
                    "the year here is {}, on line {} it is {}",
                    found.year, own.line, own.year
                );
                Doubt::new(found.line, DoubtCode::YearsDiffer, detail)
            }),
    );
}

impl<'a> Source<'a> {
    /// The lines before the first goal, without contents, lists of numbered goals and chapters.
    fn before_goals(&self) -> Vec<&'a Line> {
        let end = self.outline.first_goal().unwrap_or(0);
        let chapters: HashSet<usize> = self.outline.marks.iter().map(|mark| mark.start).collect();
        let listed: HashSet<usize> = self.outline.listed.iter().copied().collect();
        let is_text = |index: &usize| {
            !self.contents.lines.contains(index)
                && !chapters.contains(index)
                && !listed.contains(index)
        };
        let lines = self.lines.iter().enumerate().take(end);
        lines
            .filter(|(index, _)| is_text(index))
            .map(|(_, line)| line)
            .collect()
    }

    /// The introduction starts after the contents list; without one, or when the goals
    /// follow it at once, after the title.
    fn introduction(
        &self,
        before: &[&Line],
        front: &Front,
        doubts: &mut Vec<Doubt>,
    ) -> Introduction {
        let last_of_contents = self
            .contents
            .lines
            .end
            .checked_sub(1)
            .and_then(|last| self.lines.get(last));
        let unused = before
            .iter()
            .filter(|line| !front.used.contains(&line.number));
        let start = last_of_contents
            .map(|line| line.number)
            .filter(|end| unused.clone().any(|line| line.number > *end))
            .or(front.title_line)
            .unwrap_or(0);
        let (early, late): (Vec<&Line>, Vec<&Line>) = unused.partition(|line| line.number < start);
        doubt_left_out(&early, doubts);
        let lines: Vec<Line> = late.into_iter().cloned().collect();
        let titles = self
            .headings()
            .iter()
            .map(|(_, heading)| fold(&heading.title))
            .collect();
        introduction::read(&lines, &titles, doubts)
    }

    fn headings(&self) -> Vec<Headed<'a>> {
        let line = |mark: &Mark| self.lines.get(mark.start).map_or(1, |line| line.number);
        let headed = |mark: &'a Mark| {
            mark.goal
                .as_ref()
                .map(|goal: &'a GoalHeading| (line(mark), goal))
        };
        self.outline.marks.iter().filter_map(headed).collect()
    }

    /// The introduction's list, and numbered lines before the headings that form one.
    fn all_listed(&self, introduction: &Introduction) -> Vec<Listed> {
        let places: HashSet<usize> = self.outline.listed.iter().copied().collect();
        let numbered = self
            .numbered
            .iter()
            .filter(|line| places.contains(&line.index))
            .map(|line| Listed {
                line: self.lines.get(line.index).map_or(1, |found| found.number),
                number: Some(line.number.clone()),
                statement: without_full_stop(&line.title).to_owned(),
            });
        numbered
            .chain(introduction.listed.iter().cloned())
            .collect()
    }

    /// The lines under a heading, up to the next one.
    fn under(&self, place: usize, mark: &Mark) -> &'a [Line] {
        let next = self
            .outline
            .marks
            .get(place + 1)
            .map_or(self.lines.len(), |next| next.start);
        self.lines.get(mark.end..next).unwrap_or_default()
    }

    /// Doubts for chapters that hold no goal, and for numbered lines that were kept as text.
    fn doubt_rest(&self, doubts: &mut Vec<Doubt>) {
        let first = self.outline.first_goal().unwrap_or(0);
        for (place, mark) in self.outline.marks.iter().enumerate() {
            if mark.goal.is_none() && mark.start > first {
                let from = self.lines.get(mark.start..mark.end).unwrap_or_default();
                let lines: Vec<&Line> = from.iter().chain(self.under(place, mark)).collect();
                doubt_left_out(&lines, doubts);
            }
        }
        let taken: HashSet<usize> = self
            .outline
            .marks
            .iter()
            .flat_map(|mark| mark.start..mark.end)
            .collect();
        let kept = self
            .numbered
            .iter()
            .filter(|line| line.index > first && !taken.contains(&line.index));
        for line in
            kept.filter(|line| line.labelled || (line.depth() > 1 && line.starts_as_a_title()))
        {
            let number = self.lines.get(line.index).map_or(1, |found| found.number);
            let detail = "starts as a goal's heading does, and was kept as text";
            doubts.push(Doubt::new(number, DoubtCode::NumberedLineKept, detail));
        }
    }
}
