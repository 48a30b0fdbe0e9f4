//! `GET /indicators/{code}/comparison`.

use actix_web::HttpResponse;

use super::{Comparison, Question, compare};
use crate::database::text_enum::Choice;
use crate::database::{Connection, Failure};
use crate::http::call::{AS_OF, Call};
use crate::http::links::{Linker, Links};
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::values::{self, Gender};
use crate::resources::{indicators, municipalities, municipality_groups};

/// How municipalities compare (jämförelse) by one indicator in one year, the best first.
///
/// Without `municipalityCode` and `groupId` it is every municipality, without
/// regions and the country. Ties share a rank, and the next rank counts them;
/// percentile is the share of the others that are worse, ties counting half;
/// quarter is `best` from percentile 75, `worst` below 25. An indicator whose
/// direction is `none` gives values without rank. What is derived here is
/// marked so and is not Kolada's.
#[utoipa::path(get, path = "/indicators/{indicatorCode}/comparison", tag = "follow-up",
    params(
        ("year" = Option<i32>, Query, nullable = false, minimum = 1900, maximum = 2200, example = 2022, description = "The year (år). Without it, the latest in which at least half as many of the municipalities have a number as in the year in which most have."),
        ("gender" = Option<String>, Query, nullable = false, pattern = "^(T|K|M)$", example = "T", description = "Whom the figures are about (kön): `T` all, which is the default, `K` women, `M` men."),
        ("municipalityCode" = Option<String>, Query, nullable = false, pattern = "^[0-9]{4}(,[0-9]{4})*$", example = "2380", description = "The municipalities (kommuner) to compare, in a comma list. Not together with `groupId`."),
        ("groupId" = Option<String>, Query, nullable = false, pattern = "^[A-Z0-9-]{1,40}$", example = "EX-NORR", description = "The group (kommungrupp) to compare. Not together with `municipalityCode`."),
    ),
    responses((status = 200, description = "The comparison", body = Comparison)))]
pub(super) async fn get_comparison(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["year", "gender", "municipalityCode", "groupId"])?;
    let asked = Asked {
        year: query.one("year", text::year)?,
        gender: query
            .one("gender", Gender::from_word)?
            .unwrap_or(Gender::All),
        codes: query.list("municipalityCode", text::municipality_code)?,
        group_id: query.one("groupId", text::code)?,
        own: call.service.municipality_code.clone(),
    };
    if asked.codes.is_some() && asked.group_id.is_some() {
        return Err(Problem::query("send municipalityCode or groupId, not both"));
    }
    let code = call.key("indicatorCode", "indicator", text::code)?;
    let links = links(&call, &code, &query.again(&[AS_OF], &[]));
    let work = call
        .reading()
        .read_snapshot(move |connection| Box::pin(load(connection, code, asked, links)));
    call.view(&work.await?, &[])
}

struct Asked {
    year: Option<i32>,
    gender: Gender,
    codes: Option<Vec<String>>,
    group_id: Option<String>,
    own: String,
}

fn links(call: &Call, code: &str, query: &str) -> Links {
    let indicator = format!("/indicators/{code}");
    let mut own = format!("{indicator}/comparison");
    if !query.is_empty() {
        own = format!("{own}?{query}");
    }
    Linker::new(call.root())
        .link("self", "self", own)
        .link("series", "related", format!("{indicator}/series"))
        .link("indicator", "up", indicator)
        .done()
}

async fn load(
    connection: &mut Connection,
    code: String,
    asked: Asked,
    links: Links,
) -> Result<Comparison, Failure> {
    let indicator = indicators::find(connection, &code)
        .await?
        .ok_or_else(|| Problem::not_found("indicator"))?;
    let codes = match &asked.group_id {
        None => asked.codes,
        Some(id) => {
            let group = municipality_groups::find(connection, id).await?;
            let missing = || Problem::query(format!("groupId: there is no group {id}"));
            let group = group.ok_or_else(missing)?;
            Some(group.content.municipality_codes)
        }
    };
    let compared = municipalities::names(connection, codes.as_deref()).await?;
    let known = |code: &String| {
        compared
            .iter()
            .any(|named| named.municipality_code == *code)
    };
    if let Some(unknown) = codes.iter().flatten().find(|code| !known(code)) {
        return Err(crate::views::no_municipality(unknown).into());
    }
    let mut wanted: Vec<String> = compared
        .iter()
        .map(|named| named.municipality_code.clone())
        .collect();
    let year = match asked.year {
        Some(year) => Some(year),
        None => values::latest_year(connection, &code, &wanted, asked.gender).await?,
    };
    let mut own = None;
    if !wanted.contains(&asked.own) {
        let code = std::slice::from_ref(&asked.own);
        let named = municipalities::names(connection, Some(code)).await?;
        own = named.into_iter().next();
        wanted.push(asked.own.clone());
    }
    let figures = match year {
        Some(year) => values::of_one_year(connection, &code, &wanted, year, asked.gender).await?,
        None => Vec::new(),
    };
    let question = Question {
        indicator_code: code,
        indicator: indicator.content,
        year,
        gender: asked.gender,
        group_id: asked.group_id,
        own: asked.own,
    };
    Ok(compare(question, &compared, own, &figures, links))
}

/// The operation of this view.
pub fn operations() -> Vec<Operation> {
    vec![operation!(get_comparison, __path_get_comparison).at_any_moment()]
}
