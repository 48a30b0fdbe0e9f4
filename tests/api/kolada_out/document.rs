//! The document of what is in Kolada's shape.

use std::collections::BTreeSet;

use jsonschema::Draft;
use serde_json::{Value, json};

use super::{body, get, started};

#[tokio::test]
async fn it_says_that_it_is_not_kolada_and_where_it_is() {
    let (app, _) = started().await;
    let answer = get(&app, "/openapi.json").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    let title = document["info"]["title"].as_str().expect("a title");
    assert!(title.contains("not Kolada"), "{title}");
    let told = document["info"]["description"].as_str().expect("a text");
    for word in ["Källa: Kolada", "provenance", &app.url("/values")] {
        assert!(told.contains(word), "{word}");
    }
    let server = format!("{}/kolada/v3", app.base);
    assert_eq!(document["servers"][0]["url"], server);
    let again = app
        .outside("GET", "/kolada/v3/openapi.json")
        .header("if-none-match", answer.etag());
    again.send().await.expect(304);
}

#[tokio::test]
async fn every_path_in_it_answers_what_its_schema_says() {
    let (app, _) = started().await;
    app.make(
        "/municipality-groups/G1",
        json!({"title": "G1", "municipalityCodes": ["2380"]}),
    )
    .await;
    let document = body(&app, "/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), 13);
    for (path, item) in paths {
        let operation = &item["get"];
        let mut address = path.clone();
        for parameter in operation["parameters"].as_array().expect("parameters") {
            assert!(parameter["description"].is_string(), "{path} {parameter}");
            assert!(!parameter["example"].is_null(), "{path} {parameter}");
            if parameter["in"] == "path" {
                let name = format!("{{{}}}", parameter["name"].as_str().expect("a name"));
                let example = parameter["example"].as_str().expect("an example");
                address = address.replace(&name, example);
            }
        }
        let answer = body(&app, &address).await;
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let mut whole = schema.clone();
        whole["components"] = document["components"].clone();
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .build(&whole)
            .expect("a schema");
        let faults: Vec<String> = validator
            .iter_errors(&answer)
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{address}: {faults:?}");
        for status in ["400", "406", "422", "503"] {
            let refusal = &operation["responses"][status]["content"];
            assert!(
                refusal["application/problem+json"].is_object(),
                "{path} {status}"
            );
        }
    }
}

#[tokio::test]
async fn the_document_of_the_api_knows_nothing_of_it() {
    let (app, _) = started().await;
    let main = app.get("/openapi.json").await.expect(200).json();
    let ours: BTreeSet<String> = malbild::kolada::operations()
        .into_iter()
        .map(|operation| operation.path)
        .collect();
    let paths = main["paths"].as_object().expect("paths");
    assert!(paths.keys().all(|path| !ours.contains(path)));
    assert_eq!(main["components"]["schemas"]["Kpi"], Value::Null);
}
