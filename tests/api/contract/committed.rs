//! The committed document, the served one, and the routes.

use std::collections::BTreeSet;

use malbild::app;
use malbild::http::openapi::{self, Instance};
use serde_json::Value;

use super::{document, operations};
use crate::support::TestApp;

const BLESSING: &str = "run `cargo run -- openapi --bless` and commit what it wrote";

#[test]
fn the_committed_document_is_that_of_the_code() {
    let texts = openapi::texts(&app::operations(), &Instance::placeholder()).expect("a document");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap_or_default();
    assert!(
        read("openapi.json") == texts.json,
        "openapi/openapi.json differs from the code: {BLESSING}"
    );
    assert!(
        read("openapi.yaml") == texts.yaml,
        "openapi/openapi.yaml differs from the code: {BLESSING}"
    );
}

/// Takes away what an instance's settings decide.
fn without_settings(mut document: Value) -> Value {
    for member in ["servers", "externalDocs"] {
        document[member] = Value::Null;
    }
    let info = document["info"].as_object_mut().expect("info");
    for member in ["contact", "license", "termsOfService", "description"] {
        info.remove(member);
    }
    document
}

#[tokio::test]
async fn the_served_document_is_the_committed_one_with_the_settings() {
    let app = TestApp::start_with(&[
        "--contact-name=Kansliet",
        "--contact-email=kansliet@example.se",
        "--licence-name=CC0 1.0",
        "--licence-url=https://creativecommons.org/publicdomain/zero/1.0/",
    ])
    .await;
    let served = app.get("/openapi.json").await.expect(200);
    assert_eq!(served.header("content-type"), "application/json");
    let served = served.json();
    assert_eq!(served["servers"][0]["url"], app.url(""));
    assert_eq!(served["info"]["contact"]["name"], "Kansliet");
    assert_eq!(served["info"]["license"]["name"], "CC0 1.0");
    assert_eq!(without_settings(served), without_settings(document()));
    let yaml = app.get("/openapi.yaml").await.expect(200);
    assert_eq!(yaml.header("content-type"), "application/yaml");
    assert!(yaml.text().contains(&app.url("")));
}

#[tokio::test]
async fn an_unset_contact_or_licence_is_told_and_not_invented() {
    let app = TestApp::start().await;
    let served = app.get("/openapi.json").await.expect(200).json();
    assert_eq!(served["info"]["contact"], Value::Null);
    assert_eq!(served["info"]["license"], Value::Null);
    let description = served["info"]["description"].as_str().expect("text");
    assert!(description.contains("has set no contact"));
    assert!(description.contains("has set no licence"));
    assert!(!description.contains("{{"), "a chapter is not filled in");
}

#[test]
fn the_routes_and_the_paths_of_the_document_are_the_same_set() {
    let routes: BTreeSet<String> = app::operations()
        .iter()
        .filter(|operation| !operation.sent)
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect();
    let documented: BTreeSet<String> = operations(&document())
        .iter()
        .map(super::Operation::name)
        .collect();
    assert_eq!(routes, documented);
}

#[tokio::test]
async fn every_documented_path_and_method_is_served() {
    let app = TestApp::start().await;
    for operation in operations(&document()) {
        let answer = operation.request(&app).send().await;
        let served = match answer.status {
            405 => false,
            404 => answer.json()["code"] != "unknownPath",
            _ => true,
        };
        assert!(served, "{}: {}", operation.name(), answer.text());
    }
}
