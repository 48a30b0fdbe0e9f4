//! `GET /indicators/{code}/progress` and `GET /goals/{id}/progress`.

use actix_web::HttpResponse;
use chrono::Datelike;
use uuid::Uuid;

use super::answer::{GoalProgress, IndicatorProgress, Progress};
use super::judge::{Evidence, summary};
use super::measure::Asked;
use super::words::Method;
use crate::database::text_enum::Choice;
use crate::database::{Connection, Failure};
use crate::http::call::{AS_OF, Call};
use crate::http::links::{Linker, Links, Root};
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::targets::{self, TargetKind, TargetRow};
use crate::resources::values::{self, OwnRank};
use crate::resources::{goals, indicators};

/// How it goes with an indicator's target (måluppfyllelse), and why.
///
/// The base is `baseYear` if given, else the target's baseline, else the first
/// value of the series; `base.choice` tells which it was. Two methods:
///
/// - `growthRate`, the default where base, latest and target are positive:
///   observed = (latest/base)^(1/(latestYear−baseYear)) − 1,
///   required = (target/base)^(1/(targetYear−baseYear)) − 1 (compound annual
///   growth, as Open SDG measures progress);
/// - `linearPath`, also for zero and negative values, percentages and gaps:
///   observed = (latest−base)/(latestYear−baseYear),
///   required = (target−base)/(targetYear−baseYear): the share of the way done
///   against the share of the time gone.
///
/// ratio = observed/required with the sign of the wanted direction. Status:
/// `achieved` where the latest value meets the target (looked at first),
/// `missed` where the target's year has passed, or has its value, and it is
/// not met; then by ratio `onTrack` (0.95 and more), `slow` (0.60), `stalled`
/// (0), `worsening`. Targets that are `equals`, `between`, boolean or a rank
/// are `achieved`, `missed` or `notMet`; a trend compares the latest value with
/// the base. A rank is that among all municipalities in the year of the latest
/// value. What cannot be said is `notAvailable`, with the reason. `light`:
/// achieved and onTrack green; slow yellow; stalled, worsening and missed red;
/// else grey.
///
/// Without `targetId` it is a target with something to reach, of the latest
/// budget's goal, for all before one for women or men; of milestones the nearest
/// to come, else the last that has passed. `targetId` in the answer tells which.
#[utoipa::path(get, path = "/indicators/{indicatorCode}/progress", tag = "follow-up",
    params(
        ("targetId" = Option<String>, Query, nullable = false, format = "uuid", example = "01941f29-7c00-7c8f-8d13-5b9e3a7f6c33", description = "The target (målvärde), one for this indicator."),
        ("municipalityCode" = Option<String>, Query, nullable = false, pattern = "^[0-9]{4}$", example = "2380", description = "The municipality (kommun) whose values are judged. Without it, this service's own municipality."),
        ("method" = Option<String>, Query, nullable = false, pattern = "^(growthRate|linearPath)$", example = "linearPath", description = "How the pace is computed (metod). Without it, by growth rate where the values are positive, else along a straight line."),
        ("baseYear" = Option<i32>, Query, nullable = false, minimum = 1900, maximum = 2200, example = 2015, description = "The year (utgångsår) to begin at, instead of the target's baseline or the first value."),
    ),
    responses((status = 200, description = "How it goes, with every component", body = IndicatorProgress)))]
pub(super) async fn get_indicator_progress(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["targetId", "municipalityCode", "method", "baseYear"])?;
    let target_id = query.one("targetId", text::uuid)?;
    let municipality = query.one("municipalityCode", text::municipality_code)?;
    let asked = Asked {
        method: query.one("method", Method::from_word)?,
        base_year: query.one("baseYear", text::year)?,
    };
    let code = call.key("indicatorCode", "indicator", text::code)?;
    let mut path = format!("/indicators/{code}/progress");
    let again = query.again(&[AS_OF], &[]);
    if !again.is_empty() {
        path = format!("{path}?{again}");
    }
    let own = call.service.municipality_code.clone();
    let this_year = call.reading().today().year();
    let work = call.reading().read_snapshot(move |connection| {
        Box::pin(of_indicator(
            connection,
            code,
            target_id,
            municipality,
            own,
            asked,
            this_year,
        ))
    });
    let (progress, attribution) = work.await?;
    let answer = IndicatorProgress {
        attribution,
        links: links(call.root(), path, &progress),
        progress,
    };
    call.view(&answer, &[])
}

fn links(root: &Root, path: String, progress: &Progress) -> Links {
    let mut linker = Linker::new(root).link("self", "self", path);
    if let Some(code) = &progress.indicator_code {
        let municipality = &progress.municipality_code;
        let series = format!("/indicators/{code}/series?municipalityCode={municipality}");
        linker = linker
            .link("indicator", "up", format!("/indicators/{code}"))
            .link("series", "related", series);
    }
    if let Some(id) = progress.target_id {
        linker = linker.link("target", "related", format!("/targets/{id}"));
    }
    if let Some(id) = progress.goal_id {
        linker = linker.link("goal", "related", format!("/goals/{id}"));
    }
    linker.done()
}

async fn of_indicator(
    connection: &mut Connection,
    code: String,
    target_id: Option<Uuid>,
    municipality: Option<String>,
    own: String,
    asked: Asked,
    this_year: i32,
) -> Result<(Progress, Option<&'static str>), Failure> {
    let codes = std::slice::from_ref(&code);
    let indicators = indicators::with_codes(connection, codes).await?;
    if indicators.is_empty() {
        return Err(Problem::not_found("indicator").into());
    }
    let target = match target_id {
        None => targets::nearest_of_indicator(connection, &code, this_year).await?,
        Some(id) => {
            let found = targets::find(connection, id).await?;
            let its = |row: &TargetRow| row.content.indicator_code.as_deref() == Some(&code);
            let missing = || Problem::query(format!("targetId: {code} has no target {id}"));
            Some(found.filter(its).ok_or_else(missing)?)
        }
    };
    if let Some(code) = &municipality {
        crate::views::known(connection, code).await?;
    }
    let municipality = municipality.unwrap_or(own);
    let figures = values::series(connection, codes, &municipality).await?;
    let ranks = ranks(connection, target.as_slice(), &municipality).await?;
    let evidence = Evidence {
        municipality: &municipality,
        figures: &figures,
        ranks: &ranks,
        indicators: &indicators,
        this_year,
    };
    let progress = match &target {
        Some(row) => evidence.judge(row, asked),
        None => evidence.without_target(&code),
    };
    Ok((progress, evidence.attribution()))
}

/// The own ranks that the targets of kind rank are judged by.
pub(in crate::views) async fn ranks(
    connection: &mut Connection,
    targets: &[TargetRow],
    municipality: &str,
) -> Result<Vec<OwnRank>, Failure> {
    let ranked = targets
        .iter()
        .filter(|row| row.content.kind == TargetKind::Rank);
    let codes: Vec<String> = ranked
        .filter_map(|row| row.content.indicator_code.clone())
        .collect();
    Ok(values::own_ranks(connection, &codes, municipality).await?)
}

/// How it goes with a goal (måluppfyllelse): the mean score of its measured targets, and how many there are of each status.
///
/// Each target is judged as by `/indicators/{indicatorCode}/progress`, for this
/// service's own municipality, with the method that suits its values and its
/// own base.
#[utoipa::path(get, path = "/goals/{goalId}/progress", tag = "follow-up",
    responses((status = 200, description = "How it goes with the goal's targets", body = GoalProgress)))]
pub(super) async fn get_goal_progress(call: Call) -> Result<HttpResponse, Problem> {
    call.query_as_of(&[])?;
    let goal_id = call.key("goalId", "goal", text::uuid)?;
    let own = call.service.municipality_code.clone();
    let this_year = call.reading().today().year();
    let work = call
        .reading()
        .read_snapshot(move |connection| Box::pin(of_goal(connection, goal_id, own, this_year)));
    let (items, attribution) = work.await?;
    let goal = format!("/goals/{goal_id}");
    let answer = GoalProgress {
        goal_id,
        summary: summary(items.iter()),
        attribution,
        items,
        links: Linker::new(call.root())
            .link("self", "self", format!("{goal}/progress"))
            .link("overview", "related", format!("{goal}/overview"))
            .link("targets", "related", format!("/targets?goalId={goal_id}"))
            .link("goal", "up", goal)
            .done(),
    };
    call.view(&answer, &[])
}

async fn of_goal(
    connection: &mut Connection,
    goal_id: Uuid,
    own: String,
    this_year: i32,
) -> Result<(Vec<Progress>, Option<&'static str>), Failure> {
    if goals::find(connection, goal_id).await?.is_none() {
        return Err(Problem::not_found("goal").into());
    }
    let targets = targets::of_goals(connection, &[goal_id]).await?;
    let codes: Vec<String> = targets
        .iter()
        .filter_map(|row| row.content.indicator_code.clone())
        .collect();
    let indicators = indicators::with_codes(connection, &codes).await?;
    let figures = values::series(connection, &codes, &own).await?;
    let ranks = ranks(connection, &targets, &own).await?;
    let evidence = Evidence {
        municipality: &own,
        figures: &figures,
        ranks: &ranks,
        indicators: &indicators,
        this_year,
    };
    let items = targets
        .iter()
        .map(|row| evidence.judge(row, Asked::default()));
    Ok((items.collect(), evidence.attribution()))
}

/// The operations of these views.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(get_indicator_progress, __path_get_indicator_progress).at_any_moment(),
        operation!(get_goal_progress, __path_get_goal_progress).at_any_moment(),
    ]
}
