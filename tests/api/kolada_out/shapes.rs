//! Our objects beside Kolada's own, member by member.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{body, started};
use crate::support::TestApp;

/// A file of Kolada's answers, if it is here.
fn koladas(file: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/kolada");
    let Ok(text) = std::fs::read_to_string(path.join(file)) else {
        println!("skipped: {file} is not here");
        return None;
    };
    Some(serde_json::from_str(&text).expect("JSON"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn names(object: &Map<String, Value>) -> Vec<&str> {
    object.keys().map(String::as_str).collect()
}

fn objects(values: &Value) -> Vec<&Map<String, Value>> {
    let values = values.as_array().expect("an array");
    values
        .iter()
        .map(|value| value.as_object().expect("an object"))
        .collect()
}

/// Fails unless all of our objects have the members of Kolada's, in their order, each
/// of a type that it has there, or of one of those in `besides`.
fn assert_alike(
    ours: &[&Map<String, Value>],
    theirs: &[&Map<String, Value>],
    besides: &[(&str, &str)],
) {
    assert!(!ours.is_empty() && !theirs.is_empty());
    for object in ours {
        assert_eq!(names(object), names(theirs[0]));
        for (name, value) in *object {
            let types: BTreeSet<&str> = theirs.iter().map(|other| kind(&other[name])).collect();
            let found = kind(value);
            let known = types.contains(found) || besides.contains(&(name.as_str(), found));
            assert!(known, "{name} is {found}, with Kolada {types:?}");
        }
    }
}

/// Both answers with their rows; the envelopes are compared.
async fn both(app: &TestApp, path: &str, file: &str) -> Option<(Value, Value)> {
    let theirs = koladas(file)?;
    let ours = body(app, path).await;
    let envelope = |answer: &Value| {
        let answer = answer.as_object().expect("an object");
        names(answer)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(envelope(&ours), envelope(&theirs));
    assert_eq!(
        ours["count"],
        ours["values"].as_array().expect("rows").len()
    );
    Some((ours["values"].clone(), theirs["values"].clone()))
}

#[tokio::test]
async fn a_key_figure_has_koladas_members() {
    let (app, _) = started().await;
    let Some((ours, theirs)) = both(&app, "/kpi", "kpi.json").await else {
        return;
    };
    // Nothing has been measured of some.
    let besides = [("municipality_type", "null")];
    assert_alike(&objects(&ours), &objects(&theirs), &besides);
}

#[tokio::test]
async fn an_area_has_koladas_members() {
    let (app, _) = started().await;
    let Some((ours, theirs)) = both(&app, "/municipality", "municipality.json").await else {
        return;
    };
    assert_alike(&objects(&ours), &objects(&theirs), &[]);
    for area in ours.as_array().expect("areas") {
        let of_kolada = theirs.as_array().expect("areas").contains(area);
        assert!(of_kolada, "{area} is another one with Kolada");
    }
}

#[tokio::test]
async fn a_group_has_koladas_members() {
    let (app, _) = started().await;
    app.make(
        "/municipality-groups/G37609",
        json!({"title": "Två i norr", "municipalityCodes": ["2380", "2281"]}),
    )
    .await;
    let path = "/municipality_groups";
    let Some((ours, theirs)) = both(&app, path, "municipality_groups.json").await else {
        return;
    };
    assert_alike(&objects(&ours), &objects(&theirs), &[]);
    let members = |groups: &Value| groups[0]["members"].clone();
    let (ours, theirs) = (members(&ours), members(&theirs));
    assert_alike(&objects(&ours), &objects(&theirs), &[]);
}

#[tokio::test]
async fn a_figure_has_koladas_members() {
    let (app, key) = started().await;
    super::put(
        &app,
        &key,
        "N01951/2380/2020/T",
        json!({"status": "missing"}),
    )
    .await;
    let path = "/data/kpi/N01951/municipality/2380";
    let Some((ours, theirs)) = both(&app, path, "data_n00945.json").await else {
        return;
    };
    assert_alike(&objects(&ours), &objects(&theirs), &[]);
    let figures = |rows: &Value| {
        let rows = rows.as_array().expect("rows").iter();
        let figures = rows.flat_map(|row| row["values"].as_array().expect("figures").clone());
        Value::Array(figures.collect())
    };
    let (ours, theirs) = (figures(&ours), figures(&theirs));
    // Kolada has figures that are null, too, though not in that file.
    assert_alike(&objects(&ours), &objects(&theirs), &[("value", "null")]);
}
