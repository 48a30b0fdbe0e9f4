//! Series (tidsserie): one indicator, one municipality, year by year.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use futures_util::FutureExt;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::database::{Connection, Failure};
use crate::decimal::Decimal;
use crate::http::call::Call;
use crate::http::export::{Few, Head};
use crate::http::forms::{self, DIALECT, Dialect, FORMAT, Form};
use crate::http::links::{Linker, Links};
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::problem::{Code, Problem};
use crate::resources::indicators::{self, IndicatorRow};
use crate::resources::values::{self, Answering, Figure, Gender, Provenance, ValueStatus};

/// A figure in a series (värde i en tidsserie), with how certain it is and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"value": 64714, "status": "final", "provenance": "kolada"}))]
pub struct SeriesCell {
    /// The figure; null where `status` is `missing` or `confidential`.
    #[schema(required, value_type = Option<f64>, example = 64714)]
    pub value: Option<Decimal>,
    /// How certain it is, or why there is none.
    pub status: ValueStatus,
    /// Where it comes from; the gap is `derived`.
    pub provenance: Provenance,
}

/// One year of a series (år i en tidsserie).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "year": 2022,
    "T": {"value": 64714, "status": "final", "provenance": "kolada"},
    "K": {"value": 32630, "status": "final", "provenance": "kolada"},
    "M": {"value": 32084, "status": "final", "provenance": "kolada"},
    "gap": {"value": 546, "status": "final", "provenance": "derived"}
}))]
pub struct SeriesYear {
    /// The year.
    #[schema(example = 2022)]
    pub year: i32,
    /// All (totalt); null where there is no value for the year.
    #[serde(rename = "T")]
    #[schema(required)]
    pub all: Option<SeriesCell>,
    /// Women (kvinnor).
    #[serde(rename = "K")]
    #[schema(required)]
    pub women: Option<SeriesCell>,
    /// Men (män).
    #[serde(rename = "M")]
    #[schema(required)]
    pub men: Option<SeriesCell>,
    /// Women less men, K − M, where both have a number; preliminary where one of them is.
    #[schema(required)]
    pub gap: Option<SeriesCell>,
}

/// A series (tidsserie): every year from the first to the last that has a
/// value; a year between them without one stands there with nulls.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!(super::example(include_str!("examples/series.json"))))]
pub struct Series {
    /// The indicator.
    #[schema(pattern = "^[A-Z0-9-]{1,40}$", example = "N01951")]
    pub indicator_code: String,
    /// The municipality.
    #[schema(pattern = "^[0-9]{4}$", example = "2380")]
    pub municipality_code: String,
    /// What the figures are counted in.
    #[schema(example = "antal")]
    pub unit: String,
    /// Whether there can be values of women and of men.
    pub divided_by_gender: bool,
    /// The years, in order, without a gap.
    pub items: Vec<SeriesYear>,
    /// How to credit the values, where some are Kolada's; null where none is. The gap is derived here.
    #[schema(required, example = "Källa: Kolada")]
    pub attribution: Option<&'static str>,
    /// Where to go from here.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// The years from the first figure to the last, each with what there is.
pub(super) fn years(figures: &[Figure]) -> Vec<SeriesYear> {
    let mut cells: BTreeMap<i32, [Option<SeriesCell>; 3]> = BTreeMap::new();
    for figure in figures {
        let place = match figure.gender {
            Gender::All => 0,
            Gender::Women => 1,
            Gender::Men => 2,
        };
        cells.entry(figure.year).or_default()[place] = Some(SeriesCell {
            value: figure.value,
            status: figure.status,
            provenance: figure.provenance,
        });
    }
    let (Some((first, _)), Some((last, _))) = (cells.first_key_value(), cells.last_key_value())
    else {
        return Vec::new();
    };
    (*first..=*last)
        .map(|year| {
            let [all, women, men] = cells.get(&year).copied().unwrap_or_default();
            SeriesYear {
                year,
                all,
                women,
                men,
                gap: gap(women, men),
            }
        })
        .collect()
}

fn gap(women: Option<SeriesCell>, men: Option<SeriesCell>) -> Option<SeriesCell> {
    let (women, men) = (women?, men?);
    let final_ = women.status == ValueStatus::Final && men.status == ValueStatus::Final;
    Some(SeriesCell {
        value: Some(women.value?.minus(men.value?)),
        status: if final_ {
            ValueStatus::Final
        } else {
            ValueStatus::Preliminary
        },
        provenance: Provenance::Derived,
    })
}

/// One indicator's values for one municipality, year by year (tidsserie), with women, men and the gap between them.
#[utoipa::path(get, path = "/indicators/{indicatorCode}/series", tag = "follow-up",
    params(
        ("municipalityCode" = Option<String>, Query, nullable = false, pattern = "^[0-9]{4}$", example = "2380", description = "The municipality (kommun), the region or the country. Without it, this service's own municipality."),
    ),
    responses((status = 200, description = "The series", body = Series)))]
pub(super) async fn get_series(call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query_as_of(&["municipalityCode", FORMAT, DIALECT])?;
    let form = call.form(&query, forms::FIGURES)?;
    let dialect = Dialect::read(&query, form)?;
    let asked = query.one("municipalityCode", text::municipality_code)?;
    let code = call.key("indicatorCode", "indicator", text::code)?;
    let own = || call.service.municipality_code.clone();
    let of = Asked {
        is_own: asked.is_none(),
        municipality: asked.unwrap_or_else(own),
        code,
    };
    if form == Form::Json {
        let links = links(&call, &of.code, &of.municipality);
        let work = call
            .reading()
            .read_snapshot(|connection| load(connection, of).boxed());
        return call.view(&work.await?.series(links), &[]);
    }
    let mut snapshot = call.export().await?;
    let loaded = snapshot.read(|connection| load(connection, of).boxed());
    let figures = loaded.await?.figures;
    if matches!(form, Form::JsonStat | Form::Xlsx) {
        let answering = Answering::new(&call, &query, form, snapshot);
        return answering.series(&figures, &ROW).await;
    }
    let head = Head::of(&call, &query, form, snapshot.version());
    let rows: Vec<Value> = figures.iter().map(row).collect();
    let few = Few {
        query: &query,
        form,
        dialect,
        schema: "IndicatorValue",
        members: &ROW,
        key: &["indicatorCode", "municipalityCode", "year", "gender"],
    };
    few.answer(&call, &head, &rows)
}

/// The members of a row of the series in another form than JSON: one for each figure,
/// without the gap, which is derived here.
const ROW: [&str; 7] = [
    "indicatorCode",
    "municipalityCode",
    "year",
    "gender",
    "value",
    "status",
    "provenance",
];

fn row(figure: &Figure) -> Value {
    json!({
        "indicatorCode": figure.indicator_code,
        "municipalityCode": figure.municipality_code,
        "year": figure.year,
        "gender": figure.gender,
        "value": figure.value,
        "status": figure.status,
        "provenance": figure.provenance,
    })
}

fn links(call: &Call, code: &str, municipality: &str) -> Links {
    let indicator = format!("/indicators/{code}");
    Linker::new(call.root())
        .link(
            "self",
            "self",
            format!("{indicator}/series?municipalityCode={municipality}"),
        )
        .link("comparison", "related", format!("{indicator}/comparison"))
        .link(
            "values",
            "related",
            format!("{indicator}/values?municipalityCode={municipality}"),
        )
        .link("indicator", "up", indicator)
        .done()
}

/// What a series is made of.
struct Loaded {
    indicator: IndicatorRow,
    municipality: String,
    figures: Vec<Figure>,
}

impl Loaded {
    fn series(self, links: Links) -> Series {
        let kolada = |figure: &Figure| figure.provenance == Provenance::Kolada;
        Series {
            municipality_code: self.municipality,
            unit: self.indicator.content.unit,
            divided_by_gender: self.indicator.content.divided_by_gender,
            indicator_code: self.indicator.indicator_code,
            items: years(&self.figures),
            attribution: self.figures.iter().any(kolada).then_some(super::KOLADA),
            links,
        }
    }
}

/// Which series is asked for.
struct Asked {
    code: String,
    municipality: String,
    /// Whether it is the own municipality because none is named.
    is_own: bool,
}

async fn load(connection: &mut Connection, of: Asked) -> Result<Loaded, Failure> {
    let Asked {
        code, municipality, ..
    } = of;
    let indicator = indicators::find(connection, &code)
        .await?
        .ok_or_else(|| Problem::not_found("indicator"))?;
    // The own municipality may not be there yet: then it has no values.
    if !of.is_own {
        super::known(connection, &municipality).await?;
    }
    let figures = values::series(connection, std::slice::from_ref(&code), &municipality).await?;
    Ok(Loaded {
        indicator,
        municipality,
        figures,
    })
}

/// The operation of this view.
pub fn operations() -> Vec<Operation> {
    vec![
        operation!(get_series, __path_get_series)
            .at_any_moment()
            .in_forms(forms::FIGURES)
            .refusing(&[Code::AnswerTooLarge]),
    ]
}
