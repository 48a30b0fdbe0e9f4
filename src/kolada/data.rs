//! The figures themselves.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;

use super::answer::{Rows, answer};
use super::asked::{Asked, keys, possible, years};
use super::document::{Changed, Chosen, Paged, Typed};
use super::shapes::{DataRow, Figure};
use crate::database::{Connection, Failure};
use crate::history::{ChangedValues, changed_values};
use crate::http::call::Call;
use crate::http::query::encode;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::Problem;
use crate::resources::municipalities::MunicipalityKind;
use crate::resources::values::{AreaPlace, AreaYear, Areas, at_places, by_area};
use crate::resources::{Part, municipalities, municipality_groups};

/// Figures of key figures, areas and years.
///
/// The parts of the path may stand in any order. In the place of a municipality a group
/// may stand: its figure is the unweighted mean of its members', with `count` of them.
#[utoipa::path(get, path = "/data/kpi/{kpi_id}/municipality/{municipality_id}/year/{year}", tag = "data", params(Changed, Typed, Paged),
    responses((status = 200, description = "The figures, by key figure, area and year", body = Rows<DataRow>)))]
pub(super) async fn kolada_data(call: Call) -> Result<HttpResponse, Problem> {
    data(&call).await
}

/// Figures of key figures and areas, of all years.
#[utoipa::path(get, path = "/data/kpi/{kpi_id}/municipality/{municipality_id}", tag = "data", params(Changed, Typed, Paged),
    responses((status = 200, description = "The figures, by key figure, area and year", body = Rows<DataRow>)))]
pub(super) async fn kolada_data_of_all_years(call: Call) -> Result<HttpResponse, Problem> {
    data(&call).await
}

/// Figures of key figures and years, of all municipalities, regions and the country.
///
/// Groups are answered only where the path names them.
#[utoipa::path(get, path = "/data/kpi/{kpi_id}/year/{year}", tag = "data", params(Changed, Typed, Paged),
    responses((status = 200, description = "The figures, by key figure, area and year", body = Rows<DataRow>)))]
pub(super) async fn kolada_data_of_all_areas(call: Call) -> Result<HttpResponse, Problem> {
    data(&call).await
}

/// Figures of areas and years, of all key figures.
#[utoipa::path(get, path = "/data/municipality/{municipality_id}/year/{year}", tag = "data", params(Changed, Typed, Paged),
    responses((status = 200, description = "The figures, by key figure, area and year", body = Rows<DataRow>)))]
pub(super) async fn kolada_data_of_all_kpis(call: Call) -> Result<HttpResponse, Problem> {
    data(&call).await
}

/// The same with everything in the query; each parameter may come several times.
///
/// Without any of the three the answer is empty, as it is for names that are not known
/// (`kpi`, `municipality`).
#[utoipa::path(get, path = "/data", tag = "data", params(Chosen, Changed, Typed, Paged),
    responses((status = 200, description = "The figures, by key figure, area and year", body = Rows<DataRow>)))]
pub(super) async fn kolada_data_by_query(call: Call) -> Result<HttpResponse, Problem> {
    data(&call).await
}

/// What a client wants figures of.
struct Wanted {
    kpis: Option<Vec<String>>,
    areas: Option<Vec<String>>,
    years: Option<Vec<i32>>,
    kinds: Option<Vec<MunicipalityKind>>,
    since: Option<DateTime<Utc>>,
    after: Option<AreaPlace>,
    part: Part,
}

impl Wanted {
    fn read(call: &Call, asked: &Asked) -> Result<Self, Problem> {
        let names = ["kpi_id", "municipality_id", "year"];
        let in_path = names.iter().any(|name| !call.path(name).is_empty());
        let read = |name: &'static str| {
            if in_path {
                keys([call.path(name)].into_iter().filter(|raw| !raw.is_empty()))
            } else {
                keys(asked.all(name))
            }
        };
        let after = asked.after()?;
        let mut part = asked.part();
        // The place says where the page begins; its number is for people.
        if after.is_some() {
            part.skip = 0;
        }
        Ok(Self {
            kpis: possible(read("kpi_id")?),
            areas: possible(read("municipality_id")?),
            years: years(read("year")?)?,
            kinds: asked.kinds()?,
            since: asked.since()?,
            after,
            part,
        })
    }

    /// The path of the same figures in the API, with their provenance; a group's are
    /// nowhere else.
    fn own_path(&self) -> String {
        let years = self.years.as_ref().map(|years| {
            let years = years.iter().map(i32::to_string);
            years.collect::<Vec<_>>()
        });
        let areas = self.areas.as_ref().map(|areas| {
            let codes = areas.iter().filter_map(|key| text::municipality_code(key));
            codes.collect::<Vec<_>>()
        });
        let filters = [
            ("indicatorCode", &self.kpis),
            ("municipalityCode", &areas),
            ("year", &years),
        ];
        let filters = filters.into_iter().filter_map(|(name, keys)| {
            let keys = keys.as_ref().filter(|keys| !keys.is_empty())?;
            Some(format!("{name}={}", encode(&keys.join(","))))
        });
        let filters = filters.collect::<Vec<_>>().join("&");
        if filters.is_empty() {
            "/values".to_owned()
        } else {
            format!("/values?{filters}")
        }
    }

    fn is_nothing(&self) -> bool {
        self.kpis.is_none() && self.areas.is_none() && self.years.is_none()
    }

    /// The areas with what is in their groups.
    async fn resolved(&self, connection: &mut Connection) -> Result<Areas, Failure> {
        let (mut codes, mut groups) = (None, Vec::new());
        if let Some(areas) = &self.areas {
            let is_code = |key: &String| text::municipality_code(key).is_some();
            let (own, others): (Vec<_>, Vec<_>) = areas.iter().cloned().partition(is_code);
            (codes, groups) = (Some(own), others);
        }
        let all = Part {
            skip: 0,
            take: i64::MAX,
        };
        // Groups are of no type.
        if let Some(kinds) = &self.kinds {
            groups.clear();
            let of_kinds =
                municipalities::listed(connection, codes.as_deref(), Some(kinds), None, all);
            let of_kinds = of_kinds.await?.into_iter();
            codes = Some(of_kinds.map(|named| named.municipality_code).collect());
        }
        let mut members = Vec::new();
        if !groups.is_empty() {
            for row in municipality_groups::listed(connection, Some(&groups), None, all).await? {
                let codes = row.content.municipality_codes.into_iter();
                members.extend(codes.map(|code| (row.group_id.clone(), code)));
            }
        }
        Ok(Areas {
            indicators: self.kpis.clone(),
            municipalities: codes,
            members,
            years: self.years.clone(),
        })
    }

    async fn load(self, connection: &mut Connection) -> Result<Vec<DataRow>, Failure> {
        let areas = self.resolved(connection).await?;
        let after = self.after.as_ref();
        let Some(since) = self.since else {
            let rows = by_area(connection, &areas, after, self.part).await?;
            return Ok(rows.into_iter().map(shown).collect());
        };
        let changed = changed_values(connection, &areas, since, after, self.part).await?;
        let places: Vec<AreaPlace> = changed.iter().map(ChangedValues::place).collect();
        let there = at_places(connection, &places, &areas.members).await?;
        Ok(told(changed, there))
    }
}

async fn data(call: &Call) -> Result<HttpResponse, Problem> {
    let asked = Asked::read(call)?;
    let wanted = Wanted::read(call, &asked)?;
    let own = wanted.own_path();
    let rows = if wanted.is_nothing() {
        Vec::new()
    } else {
        let work = call
            .reading()
            .read_snapshot(move |connection| wanted.load(connection).boxed());
        work.await?
    };
    let place = |row: &DataRow| Some(format!("{},{},{}", row.kpi, row.municipality, row.period));
    answer(call, &asked, rows, place, &own)
}

fn shown(row: AreaYear) -> DataRow {
    let figures = row.figures.into_iter().zip(row.counts);
    let figures = row.genders.into_iter().zip(figures);
    DataRow {
        kpi: row.indicator_code,
        municipality: row.area,
        period: row.year,
        values: figures
            .map(|(gender, (value, count))| Figure::new(gender, value, count))
            .collect(),
    }
}

/// What has changed, each as it is there now or else as withdrawn. Both are in the same
/// order.
fn told(changed: Vec<ChangedValues>, there: Vec<AreaYear>) -> Vec<DataRow> {
    let mut there = there.into_iter().peekable();
    let row = |change: ChangedValues| {
        let place = change.place();
        let now = there.next_if(|row| row.place() == place).map(shown);
        let mut now = now.map(|row| row.values).unwrap_or_default();
        let figure = |gender: String| {
            let found = now.iter().position(|figure| figure.gender == gender);
            found.map_or_else(|| Figure::withdrawn(gender), |index| now.swap_remove(index))
        };
        DataRow {
            values: change.genders.into_iter().map(figure).collect(),
            kpi: change.indicator_code,
            municipality: change.area,
            period: change.year,
        }
    };
    changed.into_iter().map(row).collect()
}

/// The operations on figures.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation!(kolada_data, __path_kolada_data),
        operation!(kolada_data_of_all_years, __path_kolada_data_of_all_years),
        operation!(kolada_data_of_all_areas, __path_kolada_data_of_all_areas),
        operation!(kolada_data_of_all_kpis, __path_kolada_data_of_all_kpis),
        operation!(kolada_data_by_query, __path_kolada_data_by_query),
    ]
}

/// The paths with the same parts in another order.
pub(super) fn other_orders() -> Vec<Operation> {
    let told: Vec<String> = operations().into_iter().map(|told| told.path).collect();
    let parts = [
        "/kpi/{kpi_id}",
        "/municipality/{municipality_id}",
        "/year/{year}",
    ];
    let mut paths = Vec::new();
    for first in parts {
        for second in parts.into_iter().filter(|part| *part != first) {
            let two = format!("/data{first}{second}");
            let third = parts
                .into_iter()
                .filter(|part| *part != first && *part != second);
            paths.extend(third.map(|third| format!("{two}{third}")));
            paths.push(two);
        }
    }
    let others = paths.into_iter().filter(|path| !told.contains(path));
    others
        .map(|path| {
            Operation::beside(&path, |method| {
                actix_web::web::method(method).to(kolada_data)
            })
        })
        .collect()
}
