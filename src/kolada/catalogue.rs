//! What there are figures of: key figures, areas, and groups of both.

use actix_web::HttpResponse;
use futures_util::FutureExt;
use uuid::Uuid;

use super::answer::{Rows, answer};
use super::asked::{Asked, keys_in_path};
use super::document::{Paged, Titled, Typed};
use super::shapes::{Area, Group, GroupMember, Kpi};
use crate::database::{Connection, Failure};
use crate::http::call::Call;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::{
    Part, goal_indicators, goals, indicators, municipalities, municipality_groups, values,
};

/// The key figures (nyckeltal), by id.
#[utoipa::path(get, path = "/kpi", tag = "metadata", params(Titled, Paged),
    responses((status = 200, description = "The key figures", body = Rows<Kpi>)))]
pub(super) async fn kolada_kpis(call: Call) -> Result<HttpResponse, Problem> {
    kpis(&call).await
}

/// Key figures by their ids. One that is not there is left out.
#[utoipa::path(get, path = "/kpi/{ids}", tag = "metadata", params(Titled, Paged),
    responses((status = 200, description = "The key figures", body = Rows<Kpi>)))]
pub(super) async fn kolada_kpi(call: Call) -> Result<HttpResponse, Problem> {
    kpis(&call).await
}

async fn kpis(call: &Call) -> Result<HttpResponse, Problem> {
    let asked = Asked::read(call)?;
    let codes = keys_in_path(call)?;
    let title = asked.title()?.map(str::to_owned);
    let part = asked.part();
    let work = call.reading().read_snapshot(move |connection| {
        async move {
            let rows =
                indicators::listed(connection, codes.as_deref(), title.as_deref(), part).await?;
            let codes: Vec<String> = rows.iter().map(|row| row.indicator_code.clone()).collect();
            let measured = values::measured_kinds(connection, &codes).await?;
            let kpi = |row: indicators::IndicatorRow| {
                let found = measured
                    .binary_search_by(|kinds| kinds.indicator_code.cmp(&row.indicator_code));
                let kinds = found.ok().and_then(|index| measured.get(index));
                Kpi::new(row, kinds)
            };
            Ok(rows.into_iter().map(kpi).collect::<Vec<_>>())
        }
        .boxed()
    });
    answer(call, &asked, work.await?, |_| None, "/indicators")
}

/// Groups of key figures (nyckeltalsgrupper): one for each goal that key figures follow,
/// with these, in the goal's order. Its id is the goal's.
#[utoipa::path(get, path = "/kpi_groups", tag = "metadata", params(Titled, Paged),
    responses((status = 200, description = "The groups", body = Rows<Group>)))]
pub(super) async fn kolada_kpi_groups(call: Call) -> Result<HttpResponse, Problem> {
    kpi_groups(&call).await
}

/// Groups of key figures by their ids. One that is not there is left out.
#[utoipa::path(get, path = "/kpi_groups/{ids}", tag = "metadata", params(Titled, Paged),
    responses((status = 200, description = "The groups", body = Rows<Group>)))]
pub(super) async fn kolada_kpi_group(call: Call) -> Result<HttpResponse, Problem> {
    kpi_groups(&call).await
}

async fn kpi_groups(call: &Call) -> Result<HttpResponse, Problem> {
    let asked = Asked::read(call)?;
    let ids: Option<Vec<Uuid>> =
        keys_in_path(call)?.map(|keys| keys.iter().filter_map(|key| text::uuid(key)).collect());
    let title = asked.title()?.map(str::to_owned);
    let part = asked.part();
    let work = call.reading().read_snapshot(move |connection| {
        async move {
            let goals = goals::followed(connection, ids.as_deref(), title.as_deref(), part).await?;
            with_key_figures(connection, goals).await
        }
        .boxed()
    });
    answer(call, &asked, work.await?, |_| None, "/goals")
}

/// Each goal as a group of its key figures.
async fn with_key_figures(
    connection: &mut Connection,
    goals: Vec<goals::Followed>,
) -> Result<Vec<Group>, Failure> {
    let ids: Vec<Uuid> = goals.iter().map(|goal| goal.goal_id).collect();
    let links = goal_indicators::with_roles(connection, &ids).await?;
    let mut codes: Vec<String> = links
        .iter()
        .map(|link| link.indicator_code.clone())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let titles = indicators::titles_of(connection, &codes).await?;
    let group = |goal: goals::Followed| {
        let of_goal = links.iter().filter(|link| link.goal_id == goal.goal_id);
        let members = of_goal.map(|link| member(&titles, &link.indicator_code));
        let members = members.collect();
        Group::of(goal, members)
    };
    Ok(goals.into_iter().map(group).collect())
}

/// A member by its key, with its name out of `names`, which are by key.
fn member(names: &[(String, String)], id: &str) -> GroupMember {
    let found = names.binary_search_by(|(key, _)| key.as_str().cmp(id));
    let named = found.ok().and_then(|index| names.get(index));
    GroupMember {
        member_id: id.to_owned(),
        member_title: named.map(|(_, name)| name.clone()).unwrap_or_default(),
    }
}

/// Municipalities (kommuner), regions and the country, by id.
#[utoipa::path(get, path = "/municipality", tag = "metadata", params(Titled, Typed, Paged),
    responses((status = 200, description = "The areas", body = Rows<Area>)))]
pub(super) async fn kolada_municipalities(call: Call) -> Result<HttpResponse, Problem> {
    areas(&call).await
}

/// Municipalities, regions and the country by their ids. One that is not there is left out.
#[utoipa::path(get, path = "/municipality/{ids}", tag = "metadata", params(Titled, Typed, Paged),
    responses((status = 200, description = "The areas", body = Rows<Area>)))]
pub(super) async fn kolada_municipality(call: Call) -> Result<HttpResponse, Problem> {
    areas(&call).await
}

async fn areas(call: &Call) -> Result<HttpResponse, Problem> {
    let asked = Asked::read(call)?;
    let codes = keys_in_path(call)?;
    let (title, kinds) = (asked.title()?.map(str::to_owned), asked.kinds()?);
    let part = asked.part();
    let work = call.reading().read(move |connection| {
        async move {
            let (codes, kinds) = (codes.as_deref(), kinds.as_deref());
            let title = title.as_deref();
            Ok(municipalities::listed(connection, codes, kinds, title, part).await?)
        }
        .boxed()
    });
    let rows = work.await?.into_iter().map(Area::new).collect();
    answer(call, &asked, rows, |_| None, "/municipalities")
}

/// Groups of municipalities (kommungrupper), by id.
#[utoipa::path(get, path = "/municipality_groups", tag = "metadata", params(Titled, Paged),
    responses((status = 200, description = "The groups", body = Rows<Group>)))]
pub(super) async fn kolada_municipality_groups(call: Call) -> Result<HttpResponse, Problem> {
    municipality_groups(&call).await
}

/// Groups of municipalities by their ids. One that is not there is left out.
#[utoipa::path(get, path = "/municipality_groups/{ids}", tag = "metadata", params(Titled, Paged),
    responses((status = 200, description = "The groups", body = Rows<Group>)))]
pub(super) async fn kolada_municipality_group(call: Call) -> Result<HttpResponse, Problem> {
    municipality_groups(&call).await
}

async fn municipality_groups(call: &Call) -> Result<HttpResponse, Problem> {
    let asked = Asked::read(call)?;
    let ids = keys_in_path(call)?;
    let title = asked.title()?.map(str::to_owned);
    let part = asked.part();
    let work = call.reading().read_snapshot(move |connection| {
        async move {
            let groups =
                municipality_groups::listed(connection, ids.as_deref(), title.as_deref(), part)
                    .await?;
            with_municipalities(connection, groups).await
        }
        .boxed()
    });
    answer(call, &asked, work.await?, |_| None, "/municipality-groups")
}

/// Each group with its municipalities.
async fn with_municipalities(
    connection: &mut Connection,
    groups: Vec<municipality_groups::MunicipalityGroupRow>,
) -> Result<Vec<Group>, Failure> {
    // There are some hundreds of municipalities in all.
    let all = Part {
        skip: 0,
        take: i64::MAX,
    };
    let names = municipalities::listed(connection, None, None, None, all).await?;
    let names: Vec<(String, String)> = names
        .into_iter()
        .map(|named| (named.municipality_code, named.name))
        .collect();
    let group = |row: municipality_groups::MunicipalityGroupRow| Group {
        id: row.group_id,
        title: row.content.title,
        members: row
            .content
            .municipality_codes
            .iter()
            .map(|code| member(&names, code))
            .collect(),
    };
    Ok(groups.into_iter().map(group).collect())
}

/// The operations on what there are figures of.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation!(kolada_kpis, __path_kolada_kpis),
        operation!(kolada_kpi, __path_kolada_kpi),
        operation!(kolada_kpi_groups, __path_kolada_kpi_groups),
        operation!(kolada_kpi_group, __path_kolada_kpi_group),
        operation!(kolada_municipalities, __path_kolada_municipalities),
        operation!(kolada_municipality, __path_kolada_municipality),
        operation!(
            kolada_municipality_groups,
            __path_kolada_municipality_groups
        ),
        operation!(kolada_municipality_group, __path_kolada_municipality_group),
    ]
}
