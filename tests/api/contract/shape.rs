//! The document by itself: whole, described, and with examples that are true.

use std::collections::{BTreeMap, BTreeSet};

use malbild::app;
use serde_json::{Value, json};

use super::{document, operations, populate, resolved, validator, walk};
use crate::support::TestApp;

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    walk(&document, "", &mut |_, value| {
        if value.get("$ref").is_some() {
            resolved(&document, value);
        }
    });
}

#[test]
fn what_the_service_sends_is_described_with_its_headers_and_body() {
    let document = document();
    let told = &document["webhooks"]["change"]["post"];
    assert!(told["summary"].is_string() && told["description"].is_string());
    let headers: Vec<&str> = told["parameters"]
        .as_array()
        .expect("parameters")
        .iter()
        .map(|parameter| parameter["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(
        headers,
        ["webhook-id", "webhook-timestamp", "webhook-signature"]
    );
    let body = &told["requestBody"]["content"]["application/json"]["schema"];
    let members = &resolved(&document, body)["properties"];
    assert_eq!(members["data"]["$ref"], "#/components/schemas/Change");
}

#[test]
fn no_two_operations_have_the_same_id() {
    let mut seen = BTreeSet::new();
    for operation in operations(&document()) {
        let id = operation.told["operationId"].as_str().expect("an id");
        assert!(seen.insert(id.to_owned()), "{id} comes twice");
    }
}

#[test]
fn no_two_schemas_share_a_name() {
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    for operation in app::operations() {
        let mut schemas = Vec::new();
        operation.schemas(&mut schemas);
        for (name, schema) in schemas {
            let schema = serde_json::to_value(schema).expect("JSON");
            let other = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*other, schema, "two schemas are named {name}");
        }
    }
}

#[test]
fn every_write_operation_asks_for_a_key_and_no_read_does_but_of_webhooks() {
    for operation in operations(&document()) {
        let closed = operation.path.starts_with("/webhooks");
        assert_eq!(
            operation.asks_for_a_key(),
            operation.writes() || closed,
            "{}",
            operation.name()
        );
    }
}

fn told(value: &Value) -> bool {
    value["description"]
        .as_str()
        .is_some_and(|text| text.trim().len() > 3)
}

#[test]
fn everything_is_described() {
    let document = document();
    for operation in operations(&document) {
        assert!(told(&operation.told), "{}", operation.name());
        assert!(
            operation.told["summary"].is_string(),
            "{}",
            operation.name()
        );
        assert!(
            operation.told["tags"][0].is_string(),
            "{}",
            operation.name()
        );
        for parameter in operation.told["parameters"].as_array().expect("parameters") {
            let parameter = resolved(&document, parameter);
            assert!(told(parameter), "{} {parameter}", operation.name());
            assert!(
                !parameter["example"].is_null(),
                "{} {parameter}",
                operation.name()
            );
            assert!(
                !parameter["schema"].is_null(),
                "{} {parameter}",
                operation.name()
            );
        }
        for response in operation.told["responses"]
            .as_object()
            .expect("responses")
            .values()
        {
            let response = resolved(&document, response);
            assert!(told(response), "{} {response}", operation.name());
            for header in response["headers"].as_object().expect("headers").values() {
                assert!(told(resolved(&document, header)), "{header}");
            }
        }
    }
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
    {
        assert!(told(schema), "the schema {name}");
        for (member, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(told(property), "{name}.{member}");
        }
    }
    let tags = document["tags"].as_array().expect("tags");
    assert!(tags.iter().all(told));
}

#[test]
fn resources_are_flat_objects_and_dates_have_an_example() {
    let document = document();
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .expect("schemas")
    {
        assert!(schema["allOf"].is_null(), "{name}");
        for (member, property) in schema["properties"].as_object().into_iter().flatten() {
            if property["format"]
                .as_str()
                .is_some_and(|format| format.starts_with("date"))
            {
                assert!(property["example"].is_string(), "{name}.{member}");
            }
        }
    }
    let problem = document
        .pointer("/components/schemas/Problem/properties")
        .expect("Problem");
    for member in ["type", "title", "status", "detail", "instance"] {
        assert!(problem.get(member).is_some(), "{member}");
    }
}

/// What a client writes may leave members out, and so may an answer to `fields`
/// and a problem without errors, and a fault that is of no row, and a version of
/// something tells its actor to some alone, and a list credits those alone whose
/// figures it has. Whatever else is answered has all its members,
/// null or not.
#[test]
fn what_only_the_service_writes_has_every_member() {
    let document = document();
    let mut written = BTreeSet::new();
    let mut open: Vec<&Value> = Vec::new();
    let all = operations(&document);
    open.extend(all.iter().map(|operation| &operation.told["requestBody"]));
    while let Some(body) = open.pop() {
        walk(body, "", &mut |_, value| {
            let name = value["$ref"].as_str().and_then(|at| at.rsplit('/').next());
            if let Some(name) = name.filter(|name| written.insert((*name).to_owned())) {
                open.push(&document["components"]["schemas"][name]);
            }
        });
    }
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.expect("schemas") {
        let chosen = schema["description"].as_str().expect("a text");
        let open = name == "Problem" || name == "Fault" || chosen.contains("with `fields`");
        if open || written.contains(name) {
            continue;
        }
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for member in schema["properties"].as_object().into_iter().flatten() {
            let told_to_some = [("Version", "actor"), ("PageMeta", "attribution")]
                .contains(&(name.as_str(), member.0.as_str()));
            assert_ne!(
                required.contains(&json!(member.0)),
                told_to_some,
                "{name}.{}",
                member.0
            );
        }
    }
}

#[test]
fn every_json_body_has_an_example_that_its_schema_allows() {
    let document = document();
    let mut checked = 0;
    walk(&document, "", &mut |at, value| {
        let json = at.ends_with("json");
        if !json || value.get("schema").is_none() {
            return;
        }
        let example = value
            .get("example")
            .unwrap_or_else(|| panic!("no example at {at}"));
        let faults: Vec<String> = validator(&document, &value["schema"])
            .iter_errors(example)
            .map(|error| error.to_string())
            .collect();
        assert!(faults.is_empty(), "{at}: {faults:?} in {example}");
        checked += 1;
    });
    assert!(checked > 40, "only {checked} bodies");
}

#[tokio::test]
async fn every_answer_to_a_read_is_what_its_schema_says() {
    let (app, document) = (TestApp::start().await, document());
    let key = populate(&app, &document).await;
    for operation in operations(&document) {
        if operation.writes() {
            continue;
        }
        let schema = &operation.told["responses"]["200"]["content"]["application/json"]["schema"];
        let validator = validator(&document, schema);
        let selects = operation.told["parameters"]
            .as_array()
            .expect("parameters")
            .iter()
            .any(|parameter| parameter["name"] == "fields");
        let queries = if selects {
            &["", "?fields=createdAt"][..]
        } else {
            &[""]
        };
        for query in queries {
            let address = format!("{}{query}", operation.address());
            let answer = operation.read(&app, &address, &key).await;
            let answer = answer.expect(200).json();
            let faults: Vec<String> = validator
                .iter_errors(&answer)
                .map(|error| error.to_string())
                .collect();
            assert!(faults.is_empty(), "{address}: {faults:?} in {answer}");
        }
    }
}

#[tokio::test]
async fn the_links_of_api_info_lead_to_every_collection() {
    let app = TestApp::start().await;
    let info = app.get("/api-info").await.expect(200).json();
    let links = info["_links"].as_object().expect("links");
    for operation in operations(&document()) {
        let parameters = operation.told["parameters"].as_array().expect("parameters");
        let lists = parameters
            .iter()
            .any(|parameter| parameter["name"] == "page");
        if lists && !operation.path.contains('{') {
            let address = app.url(&operation.path);
            let led = links.values().any(|link| link["href"] == address);
            assert!(led, "nothing leads to {}", operation.path);
        }
    }
}
