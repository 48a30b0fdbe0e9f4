//! The limits of the query parameters in the document are those enforced.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Operation, document, operations, plain, populate, resolved};
use crate::support::TestApp;

async fn status(app: &TestApp, operation: &Operation, key: &str, query: &[(&str, &str)]) -> u16 {
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", malbild::http::query::encode(value)))
        .collect();
    let address = format!("{}?{}", operation.address(), query.join("&"));
    operation.read(app, &address, key).await.status
}

#[tokio::test]
async fn a_query_parameter_takes_what_the_document_says_and_nothing_else() {
    let (app, document) = (TestApp::start().await, document());
    let key = populate(&app, &document).await;
    for operation in operations(&document)
        .iter()
        .filter(|operation| !operation.writes())
    {
        let address = operation.address();
        assert_eq!(
            status(&app, operation, &key, &[("unknown", "1")]).await,
            400,
            "{address}"
        );
        for parameter in operation.told["parameters"].as_array().expect("parameters") {
            if parameter["in"] != "query" || parameter["name"] == "cursor" {
                continue;
            }
            let name = parameter["name"].as_str().expect("a name");
            for (value, expected) in values(parameter) {
                let found = status(&app, operation, &key, &[(name, &value)]).await;
                // At the moment of the example there was nothing yet.
                let never = name == "asOf" && expected == 200;
                let expected = if never && found == 404 { 404 } else { expected };
                // A form that there is not, as in Accept.
                let expected = if name == "format" && expected == 400 {
                    406
                } else {
                    expected
                };
                assert_eq!(found, expected, "{address}?{name}={value}");
            }
            let example = plain(&parameter["example"]);
            let twice = [(name, example.as_str()), (name, example.as_str())];
            assert_eq!(
                status(&app, operation, &key, &twice).await,
                400,
                "{name} twice"
            );
        }
    }
}

/// Values of a parameter, each with the status that the document promises.
fn values(parameter: &Value) -> Vec<(String, u16)> {
    let schema = &parameter["schema"];
    let mut values = vec![(plain(&parameter["example"]), 200)];
    for (limit, beyond) in [("minimum", -1), ("maximum", 1)] {
        if let Some(limit) = schema[limit].as_i64() {
            values.push((limit.to_string(), 200));
            values.push(((limit + beyond).to_string(), 400));
        }
    }
    let free = schema["type"] == "string"
        && ["pattern", "format", "enum"]
            .iter()
            .all(|limit| schema[limit].is_null());
    if free {
        values.push(("å ~".to_owned(), 200));
    } else {
        values.push(("å ~".to_owned(), 400));
        values.push((String::new(), 400));
    }
    values
}

#[test]
fn a_filter_knows_the_words_of_its_member_and_no_others() {
    let document = document();
    let mut checked = BTreeSet::new();
    for operation in operations(&document) {
        let items = operation
            .told
            .pointer("/responses/200/content/application~1json/schema")
            .map(|schema| &resolved(&document, schema)["properties"]["items"]["items"]);
        let Some(item) = items.filter(|item| !item.is_null()) else {
            continue;
        };
        let item = resolved(&document, item);
        for parameter in operation.told["parameters"].as_array().expect("parameters") {
            let name = parameter["name"].as_str().unwrap_or_default();
            // An indicator has a role only as one of a goal's.
            let member = match name {
                "role" => &document["components"]["schemas"]["IndicatorRole"],
                _ => &item["properties"][name],
            };
            let wanted = words(&document, member);
            if parameter["in"] != "query" || wanted.is_empty() {
                continue;
            }
            let pattern = parameter["schema"]["pattern"].as_str().expect("a pattern");
            let split = pattern.split(|c: char| !c.is_ascii_alphanumeric());
            let found: BTreeSet<String> = split
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect();
            let name = format!("{}?{name}", operation.path);
            assert_eq!(found, wanted, "{name}");
            checked.insert(name);
        }
    }
    for name in [
        "/assignments?status",
        "/assignments?origin",
        "/boards?kind",
        "/municipalities?kind",
        "/targets?kind",
        "/targets?gender",
        "/indicators?role",
        "/goals/{goalId}/indicators?role",
        "/assignments/{assignmentId}/reports?status",
        "/assignments/{assignmentId}/reports?period",
        "/assessments?status",
        "/assessments?period",
    ] {
        assert!(checked.contains(name), "{name} is not checked");
    }
}

/// The words that a member can be, if it is one of a fixed list.
fn words(document: &Value, member: &Value) -> BTreeSet<String> {
    let choices = member["oneOf"].as_array().into_iter().flatten();
    choices
        .chain([member])
        .filter_map(|schema| resolved(document, schema)["enum"].as_array())
        .flatten()
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect()
}
