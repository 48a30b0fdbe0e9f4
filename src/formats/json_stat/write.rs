//! The members of a dataset, in the order of the standard's examples.

use std::collections::HashMap;

use chrono::SecondsFormat;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{Category, Dataset, Dimension, Figure, Role, WrongDataset};
use crate::decimal::Decimal;

/// Where fewer than one cell in so many has a figure, the figures are named by
/// their cells: an empty cell costs five bytes, the name of one some ten.
const SPARSE: usize = 3;

#[derive(Serialize)]
struct Written<'a, const N: usize> {
    version: &'static str,
    class: &'static str,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    note: &'a [String],
    #[serde(skip_serializing_if = "Map::is_empty")]
    link: Map<String, Value>,
    role: Map<String, Value>,
    id: Vec<&'static str>,
    size: Vec<usize>,
    dimension: Map<String, Value>,
    value: Cells<'a, N, Decimal>,
    #[serde(skip_serializing_if = "Cells::is_void")]
    status: Cells<'a, N, &'a str>,
    extension: Extension<'a, N>,
}

#[derive(Serialize)]
struct Extension<'a, const N: usize> {
    #[serde(flatten)]
    given: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provenance: Option<Provenance<'a, N>>,
    #[serde(skip_serializing_if = "Cells::is_void")]
    notes: Cells<'a, N, &'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Provenance<'a, const N: usize> {
    /// That of all figures.
    Common(&'static str),
    /// That of each.
    Each(Cells<'a, N, &'a str>),
}

/// The figures with their cells, in order.
type Placed<'a, const N: usize> = [(usize, &'a Figure<N>)];

/// Something that is told of figures, by cell.
struct Cells<'a, const N: usize, T> {
    placed: &'a Placed<'a, N>,
    told: fn(&'a Figure<N>) -> Option<T>,
    /// How many cells there are, where each of them is told; else those with
    /// something to tell are named.
    all: Option<usize>,
}

impl<'a, const N: usize, T> Cells<'a, N, T> {
    fn is_void(&self) -> bool {
        self.placed
            .iter()
            .all(|(_, figure)| (self.told)(figure).is_none())
    }
}

impl<const N: usize, T: Serialize> Serialize for Cells<'_, N, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(all) = self.all else {
            let mut object = serializer.serialize_map(None)?;
            for (cell, figure) in self.placed {
                if let Some(told) = (self.told)(figure) {
                    object.serialize_entry(cell, &told)?;
                }
            }
            return object.end();
        };
        let mut array = serializer.serialize_seq(Some(all))?;
        let mut next = self.placed.iter().peekable();
        for cell in 0..all {
            let here = next.next_if(|(place, _)| *place == cell);
            array.serialize_element(&here.and_then(|(_, figure)| (self.told)(figure)))?;
        }
        array.end()
    }
}

/// The dataset as JSON; it has so many cells.
pub(super) fn write<const N: usize>(
    dataset: &Dataset<N>,
    cells: usize,
) -> Result<Vec<u8>, WrongDataset> {
    let sizes = dataset.dimensions.each_ref().map(|d| d.categories.len());
    let mut placed = Vec::with_capacity(dataset.figures.len());
    for figure in &dataset.figures {
        placed.push((cell(figure.at, sizes)?, figure));
    }
    placed.sort_unstable_by_key(|(cell, _)| *cell);
    let all = (placed.len().saturating_mul(SPARSE) >= cells).then_some(cells);
    let written = Written {
        version: "2.0",
        class: "dataset",
        label: &dataset.label,
        source: dataset.source.as_deref(),
        updated: dataset
            .updated
            .map(|moment| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        href: dataset.href.as_deref(),
        note: &dataset.notes,
        link: links(dataset),
        role: roles(&dataset.dimensions),
        id: dataset.dimensions.iter().map(|found| found.id).collect(),
        size: sizes.to_vec(),
        dimension: dataset.dimensions.iter().map(dimension).collect(),
        value: Cells {
            placed: &placed,
            told: |figure| figure.value,
            all,
        },
        status: Cells {
            placed: &placed,
            told: |figure| figure.status,
            all: None,
        },
        extension: Extension {
            given: &dataset.extension,
            provenance: provenance(&placed, all),
            notes: Cells {
                placed: &placed,
                told: |figure| figure.note.as_deref(),
                all: None,
            },
        },
    };
    // Strings and numbers in memory: nothing of it can fail.
    serde_json::to_vec(&written).map_err(|_| WrongDataset::Misplaced)
}

/// The cell at these categories, from 0, the last dimension varying the fastest.
fn cell<const N: usize>(at: [u32; N], sizes: [usize; N]) -> Result<usize, WrongDataset> {
    at.into_iter().zip(sizes).try_fold(0, |cell, (at, size)| {
        let at = at as usize;
        let inside = (at < size).then_some(cell * size + at);
        inside.ok_or(WrongDataset::Misplaced)
    })
}

fn provenance<'a, const N: usize>(
    placed: &'a Placed<'a, N>,
    all: Option<usize>,
) -> Option<Provenance<'a, N>> {
    let (_, first) = placed.first()?;
    let common = placed
        .iter()
        .all(|(_, figure)| figure.provenance == first.provenance);
    Some(if common {
        Provenance::Common(first.provenance)
    } else {
        Provenance::Each(Cells {
            placed,
            told: |figure| Some(figure.provenance),
            all,
        })
    })
}

fn links<const N: usize>(dataset: &Dataset<N>) -> Map<String, Value> {
    let mut links = Map::new();
    for link in &dataset.links {
        let mut written = json!({"href": link.href});
        if let Some(media_type) = link.media_type {
            written["type"] = json!(media_type);
        }
        let related = links.entry(link.relation).or_insert_with(|| json!([]));
        if let Some(related) = related.as_array_mut() {
            related.push(written);
        }
    }
    links
}

fn roles(dimensions: &[Dimension]) -> Map<String, Value> {
    let mut roles = Map::new();
    for (name, role) in [
        ("time", Role::Time),
        ("geo", Role::Geo),
        ("metric", Role::Metric),
    ] {
        let with = dimensions.iter().filter(|found| found.role == role);
        let ids: Vec<&str> = with.map(|found| found.id).collect();
        if !ids.is_empty() {
            roles.insert(name.to_owned(), json!(ids));
        }
    }
    roles
}

fn dimension(dimension: &Dimension) -> (String, Value) {
    let categories = &dimension.categories;
    let codes: Vec<&str> = categories.iter().map(|found| found.code.as_str()).collect();
    let mut category = json!({"index": codes, "label": labels(categories)});
    let units: Map<String, Value> = categories.iter().filter_map(unit).collect();
    if !units.is_empty() {
        category["unit"] = Value::Object(units);
    }
    let notes: Map<String, Value> = categories.iter().filter_map(note).collect();
    if !notes.is_empty() {
        category["note"] = Value::Object(notes);
    }
    let written = json!({
        "label": dimension.label,
        "category": category,
        "extension": {"label": {"sv": dimension.label, "en": dimension.label_en}},
    });
    (dimension.id.to_owned(), written)
}

/// The labels by code. Readers that name categories by their labels alone would
/// take two with one label for one.
fn labels(categories: &[Category]) -> Map<String, Value> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for category in categories {
        *times.entry(&category.label).or_default() += 1;
    }
    let label = |category: &Category| {
        let Category { code, label, .. } = category;
        if times.get(label.as_str()).is_some_and(|times| *times > 1) {
            json!(format!("{label} ({code})"))
        } else {
            json!(label)
        }
    };
    categories
        .iter()
        .map(|category| (category.code.clone(), label(category)))
        .collect()
}

/// `base` is what Statistics Sweden's answers call it, `label` the standard.
fn unit(category: &Category) -> Option<(String, Value)> {
    let unit = category.unit.as_ref()?;
    let written = json!({"label": unit.label, "base": unit.label, "decimals": unit.decimals});
    Some((category.code.clone(), written))
}

fn note(category: &Category) -> Option<(String, Value)> {
    let note = category.note.as_ref()?;
    Some((category.code.clone(), json!([note])))
}
