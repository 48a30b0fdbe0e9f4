//! The OpenAPI document against the service: what it says is so.

mod committed;
mod keys;
mod limits;
mod links;
mod once;
mod profile;
mod queries;
mod rest_profile_page;
mod shape;

use jsonschema::{Draft, Validator};
use malbild::app;
use malbild::auth::Role;
use malbild::http::openapi::{self, Instance};
use serde_json::{Value, json};

use crate::support::{Answer, Request, TestApp};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document of the code, with placeholders for the settings.
pub(crate) fn document() -> Value {
    let texts = openapi::texts(&app::operations(), &Instance::placeholder()).expect("a document");
    serde_json::from_str(&texts.json).expect("JSON")
}

/// A documented operation.
pub(crate) struct Operation {
    method: &'static str,
    pub(crate) path: String,
    pub(crate) told: Value,
}

/// Every operation of the document.
pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for method in METHODS {
            if let Some(told) = item.get(method) {
                operations.push(Operation {
                    method,
                    path: path.clone(),
                    told: told.clone(),
                });
            }
        }
    }
    operations
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    pub(crate) fn writes(&self) -> bool {
        self.method != "get"
    }

    /// Whether it asks for a key.
    fn asks_for_a_key(&self) -> bool {
        let security = self.told["security"].as_array().expect("security");
        !security.is_empty()
    }

    /// GET of this address, which is one of this operation's, with the key if it
    /// asks for one.
    async fn read(&self, app: &TestApp, address: &str, key: &str) -> Answer {
        let request = app.request("GET", address);
        if self.asks_for_a_key() {
            request.key(key).send().await
        } else {
            request.send().await
        }
    }

    /// The path with the examples of its parameters, and the query that it needs.
    pub(crate) fn address(&self) -> String {
        let mut address = self.path.clone();
        for parameter in self.told["parameters"].as_array().expect("parameters") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let example = plain(&parameter["example"]);
            if parameter["in"] == "path" {
                address = address.replace(&format!("{{{name}}}"), &example);
            } else if parameter["in"] == "query" && parameter["required"] == true {
                address = format!("{address}?{name}={example}");
            }
        }
        address
    }

    /// The request that the document gives as an example.
    fn request(&self, app: &TestApp) -> Request {
        let request = app.request(&self.method.to_uppercase(), &self.address());
        match self.body() {
            None => request,
            Some((media_type, content)) => {
                let body = plain(&content["example"]);
                request.header("content-type", &media_type).body(body)
            }
        }
    }

    /// The first media type of its request body.
    fn body(&self) -> Option<(String, Value)> {
        let content = self.told["requestBody"]["content"].as_object()?;
        let (media_type, content) = content.iter().next()?;
        Some((media_type.clone(), content.clone()))
    }

    /// The schema and the example of its JSON request body, or of one of its rows.
    fn json_body(&self) -> Option<(Value, Value)> {
        let content = &self.told["requestBody"]["content"]["application/json"];
        let (schema, example) = (&content["schema"], &content["example"]);
        if self.takes_rows() {
            return Some((schema["items"].clone(), example[0].clone()));
        }
        content
            .is_object()
            .then(|| (schema.clone(), example.clone()))
    }

    /// Whether its JSON request body is an array.
    fn takes_rows(&self) -> bool {
        self.told["requestBody"]["content"]["application/json"]["schema"]["type"] == "array"
    }
}

/// Text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A validator of what `schema`, out of the document, describes.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .build(&whole)
        .expect("a schema")
}

/// What a reference refers to; anything else is itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        None => value,
        Some(reference) => document
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
    }
}

/// The paths of things in the order in which these can be made.
const MAKING: &[&str] = &[
    "/budgets/{budgetYear}",
    "/boards/{boardId}",
    "/goals/{goalId}",
    "/assignments/{assignmentId}",
    "/municipalities/{municipalityCode}",
    "/indicators/{indicatorCode}",
    "/indicators/{indicatorCode}/values/{municipalityCode}/{year}/{gender}",
    "/goals/{goalId}/indicators/{indicatorCode}",
    "/assignments/{assignmentId}/reports/{boardId}/{year}/{period}",
    "/assessments/{goalId}/{year}/{period}",
    "/investments/{investmentId}",
    "/achievements/{achievementId}",
    "/municipality-groups/{groupId}",
    "/targets/{targetId}",
    "/webhooks/{webhookId}",
];

/// Makes every example of the document, and gives back an admin's key.
pub(crate) async fn populate(app: &TestApp, document: &Value) -> String {
    let key = app.key(Role::Admin).await;
    let all = operations(document);
    for path in MAKING {
        let put = all
            .iter()
            .find(|operation| operation.method == "put" && operation.path == *path);
        let put = put.unwrap_or_else(|| panic!("no PUT for {path}"));
        put.request(app).key(&key).send().await.expect(201);
    }
    key
}

/// A place inside a JSON value, and the value there.
fn walk(value: &Value, at: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(at, value);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, &format!("{at}/{name}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{at}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// The object `body` with `value` at `pointer`, or without what is there.
fn with(body: &Value, pointer: &str, value: Option<Value>) -> Value {
    let mut body = body.clone();
    let (parents, name) = pointer.rsplit_once('/').expect("a pointer");
    let mut parent = &mut body;
    for step in parents.split('/').skip(1) {
        if !parent[step].is_object() {
            parent[step] = json!({});
        }
        parent = &mut parent[step];
    }
    let members = parent.as_object_mut().expect("an object");
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    body
}
