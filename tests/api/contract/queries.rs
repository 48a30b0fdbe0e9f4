//! The limits of the query parameters in the document are those enforced.

use serde_json::Value;

use super::{document, operations, plain, populate};
use crate::support::TestApp;

async fn status(app: &TestApp, path: &str, query: &[(&str, &str)]) -> u16 {
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", malbild::http::query::encode(value)))
        .collect();
    app.get(&format!("{path}?{}", query.join("&"))).await.status
}

#[tokio::test]
async fn a_query_parameter_takes_what_the_document_says_and_nothing_else() {
    let (app, document) = (TestApp::start().await, document());
    populate(&app, &document).await;
    for operation in operations(&document)
        .iter()
        .filter(|operation| !operation.writes())
    {
        let address = operation.address();
        assert_eq!(
            status(&app, &address, &[("unknown", "1")]).await,
            400,
            "{address}"
        );
        for parameter in operation.told["parameters"].as_array().expect("parameters") {
            if parameter["in"] != "query" || parameter["name"] == "cursor" {
                continue;
            }
            let name = parameter["name"].as_str().expect("a name");
            for (value, expected) in values(parameter) {
                let found = status(&app, &address, &[(name, &value)]).await;
                assert_eq!(found, expected, "{address}?{name}={value}");
            }
            let example = plain(&parameter["example"]);
            let twice = [(name, example.as_str()), (name, example.as_str())];
            assert_eq!(status(&app, &address, &twice).await, 400, "{name} twice");
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
    let free =
        schema["type"] == "string" && schema["pattern"].is_null() && schema["format"].is_null();
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
    let schemas = &document["components"]["schemas"];
    let filters = [
        ("status", "AssignmentStatus"),
        ("kind", "BoardKind"),
        ("origin", "Origin"),
    ];
    for (name, schema) in filters {
        let words = schemas[schema]["enum"].as_array().expect("words");
        let told = operations(&document);
        let told = told
            .iter()
            .flat_map(|operation| operation.told["parameters"].as_array());
        let patterns: Vec<&str> = told
            .flatten()
            .filter(|parameter| parameter["in"] == "query" && parameter["name"] == name)
            .map(|parameter| parameter["schema"]["pattern"].as_str().expect("a pattern"))
            .collect();
        assert!(!patterns.is_empty(), "{name}");
        for pattern in patterns {
            let split = pattern.split(|c: char| !c.is_ascii_alphanumeric());
            let mut found: Vec<&str> = split.filter(|word| !word.is_empty()).collect();
            found.sort_unstable();
            found.dedup();
            let mut wanted: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{name}");
        }
    }
}
