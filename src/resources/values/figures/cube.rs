//! Values as a cube: indicator by municipality by year by gender.

use serde_json::{Map, Value as Json, json};

use super::KOLADA;
use super::answer::About;
use super::gathered::{Codes, Gathered};
use super::labels::Labels;
use crate::formats::json_stat::{Category, Dataset, Dimension, Figure, Link, Role, Unit};
use crate::http::forms::Form;
use crate::resources::values::{Gender, ValueStatus};

/// The genders in their order, in Swedish.
const GENDERS: [(Gender, &str); 3] = [
    (Gender::All, "Totalt"),
    (Gender::Women, "Kvinnor"),
    (Gender::Men, "Män"),
];

/// The cube of these values.
pub(super) fn dataset(gathered: Gathered, labels: &Labels, about: &About) -> Dataset<4> {
    let (indicators, of_indicator) = sorted(&gathered.indicators);
    let (municipalities, of_municipality) = sorted(&gathered.municipalities);
    let years: Vec<i32> = gathered.years.iter().copied().collect();
    let mut genders = GENDERS.to_vec();
    genders.retain(|(gender, _)| gathered.genders.contains(gender));
    let of_year = |year| years.partition_point(|other| *other < year) as u32;
    let of_gender = |gender| {
        let before = genders.iter().take_while(|(other, _)| *other != gender);
        before.count() as u32
    };
    let place = |places: &[u32], of: u32| places.get(of as usize).copied().unwrap_or(u32::MAX);
    let (notes, extension) = (notes(&gathered), extension(&gathered, about));
    let figures = gathered.values.into_iter().map(|value| Figure {
        at: [
            place(&of_indicator, value.indicator),
            place(&of_municipality, value.municipality),
            of_year(value.year),
            of_gender(value.gender),
        ],
        value: value.value,
        status: (value.status != ValueStatus::Final).then(|| value.status.word()),
        provenance: value.provenance.word(),
        note: value.note,
    });
    let figures = figures.collect();
    let years = years.iter().map(ToString::to_string);
    Dataset {
        label: about.title.clone(),
        source: Some(about.source.clone()),
        updated: gathered.updated,
        notes,
        href: Some(about.url.clone()),
        links: links(about),
        dimensions: [
            Dimension {
                id: "indicatorCode",
                label: "Nyckeltal",
                label_en: "Indicator",
                role: Role::Metric,
                categories: indicators
                    .iter()
                    .map(|code| measured(code, labels))
                    .collect(),
            },
            Dimension {
                id: "municipalityCode",
                label: "Kommun",
                label_en: "Municipality",
                role: Role::Geo,
                categories: municipalities
                    .iter()
                    .map(|code| category(code, labels.municipality(code)))
                    .collect(),
            },
            Dimension {
                id: "year",
                label: "År",
                label_en: "Year",
                role: Role::Time,
                categories: years.map(|year| category(&year, &year)).collect(),
            },
            Dimension {
                id: "gender",
                label: "Kön",
                label_en: "Gender",
                role: Role::Classification,
                categories: genders
                    .iter()
                    .map(|(gender, name)| category(gender.word(), name))
                    .collect(),
            },
        ],
        figures,
        extension,
    }
}

/// The codes in order, and for each place that a code had the one that it has now.
fn sorted(codes: &Codes) -> (Vec<String>, Vec<u32>) {
    let mut order: Vec<usize> = (0..codes.all.len()).collect();
    order.sort_unstable_by(|one, other| codes.all[*one].cmp(&codes.all[*other]));
    let mut places = vec![0; order.len()];
    for (now, before) in (0..).zip(&order) {
        places[*before] = now;
    }
    let in_order = order.iter().map(|before| codes.all[*before].clone());
    (in_order.collect(), places)
}

fn category(code: &str, label: &str) -> Category {
    Category {
        code: code.to_owned(),
        label: label.to_owned(),
        ..Category::default()
    }
}

fn measured(code: &str, labels: &Labels) -> Category {
    let Some(found) = labels.indicator(code) else {
        return category(code, code);
    };
    Category {
        unit: Some(Unit {
            label: found.unit.clone(),
            decimals: found.decimals,
        }),
        note: found.definition.clone(),
        ..category(code, &found.title)
    }
}

fn notes(gathered: &Gathered) -> Vec<String> {
    let note = match gathered.kolada {
        0 => return Vec::new(),
        all if all == gathered.values.len() => KOLADA.to_owned(),
        _ => format!(
            "{KOLADA}, för de värden vars provenance är kolada (extension.provenance). / Credit the values whose provenance is kolada as \"{KOLADA}\"."
        ),
    };
    vec![note]
}

fn links(about: &About) -> Vec<Link> {
    let csv = Link {
        relation: "alternate",
        media_type: Some(Form::Csv.media_type()),
        href: about.csv_url.clone(),
    };
    let licence = about.licence.clone().map(|href| Link {
        relation: "license",
        media_type: None,
        href,
    });
    licence.into_iter().chain([csv]).collect()
}

/// What the standard has no place for.
fn extension(gathered: &Gathered, about: &About) -> Map<String, Json> {
    let all = json!({
        "licence": about.licence,
        "attribution": (gathered.kolada > 0).then_some(KOLADA),
        "query": about.url,
        "statusLabels": {
            "preliminary": {"sv": "Preliminärt", "en": "Preliminary"},
            "missing": {"sv": "Saknas", "en": "Missing"},
            "confidential": {"sv": "Sekretess", "en": "Confidential"},
        },
    });
    match all {
        Json::Object(all) => all,
        _ => Map::new(),
    }
}
