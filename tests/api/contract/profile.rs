//! What the document shows of the national profile (DIGG's REST API profile 1.2.0): the
//! rules are named by their ids. docs/rest-profile.md goes through all of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Operation, document, operations, resolved, walk};

/// Whether words that are separated by capitals alone make this name.
fn is_camel_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer}"))
}

/// Each parameter with the operation that has it.
fn parameters(document: &Value) -> Vec<(Operation, Value)> {
    let of = |operation: Operation| {
        let parameters = operation.told["parameters"].as_array().cloned();
        let parameters = parameters.unwrap_or_default().into_iter();
        let resolved = parameters.map(|parameter| resolved(document, &parameter).clone());
        let resolved: Vec<Value> = resolved.collect();
        let (method, path, told) = (operation.method, operation.path, operation.told);
        resolved.into_iter().map(move |parameter| {
            let (path, told) = (path.clone(), told.clone());
            (Operation { method, path, told }, parameter)
        })
    };
    operations(document).into_iter().flat_map(of).collect()
}

/// Each member of each schema, with the schema's name.
fn members(document: &Value) -> Vec<(String, String, Value)> {
    let schemas = document["components"]["schemas"]
        .as_object()
        .expect("schemas");
    let of = |(name, schema): (&String, &Value)| {
        let members = schema["properties"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let name = name.clone();
        members
            .into_iter()
            .map(move |(member, schema)| (name.clone(), member, schema))
    };
    schemas.iter().flat_map(of).collect()
}

/// Each answer of each operation.
fn answers(document: &Value) -> Vec<(String, String, Value)> {
    let of = |operation: Operation| {
        let answers = operation.told["responses"].as_object().cloned();
        let name = operation.name();
        let answers = answers.expect("answers").into_iter();
        let answers = answers.map(move |(status, answer)| (name.clone(), status, answer));
        answers.collect::<Vec<_>>()
    };
    let all = operations(document).into_iter().flat_map(of);
    all.map(|(name, status, answer)| (name, status, resolved(document, &answer).clone()))
        .collect()
}

#[test]
fn the_document_says_what_the_api_is_and_on_which_terms() {
    // DOK.01, DOK.03, DOK.06, DOK.07, DOK.08, DOK.09, DOK.11, DOK.17
    let document = document();
    assert!(text(&document, "/openapi").starts_with("3."));
    for pointer in [
        "/info/title",
        "/info/version",
        "/info/termsOfService",
        "/info/contact/name",
        "/info/contact/url",
        "/info/contact/email",
        "/info/license/name",
        "/info/license/url",
        "/externalDocs/url",
    ] {
        assert!(!text(&document, pointer).is_empty(), "{pointer}");
    }
    assert!(text(&document, "/externalDocs/description").contains("SLA"));
    assert!(document["info"]["x-limitations"][0].is_string());
    let told = text(&document, "/info/description");
    for chapter in [
        "## Översikt på svenska",
        "## Words",
        "## Data model",
        "## Links",
        "## Keys",
        "## Errors",
        "## Limits and known limitations",
        "## Service level (SLA)",
        "## Terms of use",
        "## Versions and life-cycle",
        "## Contact",
    ] {
        assert!(told.contains(chapter), "{chapter}");
    }
    for word in [" och ", " är ", " för ", " the ", " and ", " is "] {
        assert!(told.contains(word), "both languages: {word}");
    }
}

#[test]
fn operations_and_answers_are_described_and_say_who_may() {
    // DOK.15, DOK.19, DOK.20, DOK.21, SAK.29
    let document = document();
    assert!(document["security"].is_array());
    assert!(document["components"]["securitySchemes"]["key"].is_object());
    for operation in operations(&document) {
        let name = operation.name();
        let told = operation.told["description"].as_str().unwrap_or_default();
        assert!(!told.trim().is_empty(), "{name}");
        assert!(operation.told["security"].is_array(), "{name}");
        if !operation.told["requestBody"].is_null() {
            assert!(!operation.told["responses"]["415"].is_null(), "{name}");
        }
        let read = operation.method == "get" || operation.method == "delete";
        assert!(!read || operation.told["requestBody"].is_null(), "{name}");
    }
    for (name, status, answer) in answers(&document) {
        let told = answer["description"].as_str().unwrap_or_default();
        assert!(!told.trim().is_empty(), "{name} {status}");
    }
    walk(&document, "", &mut |at, value| {
        if at.ends_with("/application~1json") || at.ends_with("/application/json") {
            assert!(!value["example"].is_null(), "no example at {at}");
        }
    });
}

#[test]
fn dates_are_those_of_rfc_3339_with_an_offset() {
    // DOT.02, DOT.04
    let mut checked = 0;
    for (schema, member, told) in members(&document()) {
        let example = &told["example"];
        match told["format"].as_str() {
            Some("date-time") => {
                let moment = example.as_str().unwrap_or_default();
                let parsed = malbild::http::text::moment(moment);
                assert!(parsed.is_some(), "{schema}.{member}: {example}");
                checked += 1;
            }
            Some("date") => {
                let day = example.as_str().unwrap_or_default();
                let parsed = malbild::http::text::date(day);
                assert!(parsed.is_some(), "{schema}.{member}: {example}");
                checked += 1;
            }
            _ => {}
        }
    }
    assert!(checked > 40, "only {checked}");
}

#[test]
fn addresses_are_short_lower_case_and_carry_the_major_version() {
    // RES.02, RES.06, UFN.01, UFN.02, UFN.05, UFN.07, UFN.08, UFN.09, SAK.01, VER.05
    let document = document();
    let server = text(&document, "/servers/0/url");
    let (host, path) = server
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
        .expect("an https address");
    assert!(host.contains('.') && !host.contains(':'), "{host}");
    assert_eq!(path, "malbild/v1");
    for operation in operations(&document) {
        let path = &operation.path;
        assert!(server.len() + path.len() < 2048, "{path}");
        for segment in path.split('/').skip(1) {
            let parameter = segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            if let Some(name) = parameter {
                assert!(is_camel_case(name), "{path}");
                continue;
            }
            let words: Vec<&str> = segment.split('-').collect();
            let is_word = |word: &&str| {
                let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
                !word.is_empty() && word.bytes().all(plain)
            };
            assert!(words.iter().all(is_word), "{path}");
            let verbs = ["get", "post", "put", "patch", "delete", "create", "update"];
            assert!(!verbs.contains(&words[0]), "{path}");
        }
    }
    for (operation, parameter) in parameters(&document) {
        let name = text(&parameter, "/name").to_lowercase();
        for personal in ["pnr", "personnummer", "personal", "ssn", "socialsecurity"] {
            assert!(!name.contains(personal), "{} {name}", operation.name());
        }
    }
}

#[test]
fn resources_have_methods_and_answers_have_links() {
    // MOG.01, MOG.02
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 2 && operations(&document).len() > paths.len());
    for (path, item) in paths {
        let has = |method: &&str| item.get(*method).is_some();
        assert!(super::METHODS.iter().any(has), "{path}");
    }
    let linked = members(&document);
    let linked = linked.iter().filter(|(_, member, _)| member == "_links");
    assert!(linked.count() > 20);
}

#[test]
fn keys_are_bearers_in_a_header() {
    // SAK.09, SAK.10, SAK.15, SAK.16
    let document = document();
    let schemes = document["components"]["securitySchemes"].as_object();
    for (name, scheme) in schemes.expect("schemes") {
        assert_eq!(scheme["type"], "http", "{name}");
        assert_eq!(scheme["scheme"], "bearer", "{name}");
    }
    for (operation, parameter) in parameters(&document) {
        let name = text(&parameter, "/name").to_lowercase();
        let secret = ["key", "token", "apikey", "api_key", "access_token"];
        let in_query = parameter["in"] == "query" && secret.contains(&name.as_str());
        assert!(!in_query, "{} {name}", operation.name());
    }
}

#[test]
fn bodies_and_answers_are_json_and_headers_carry_no_data() {
    // AME.01, AME.02, ARQ.01, ARQ.03, ARQ.05
    let document = document();
    for operation in operations(&document) {
        let content = &operation.told["requestBody"]["content"];
        // A recorded exception.
        let is_text = operation.path == "/documents";
        if content.is_object() && !is_text {
            assert!(
                content["application/json"].is_object(),
                "{}",
                operation.name()
            );
        }
    }
    for (name, status, answer) in answers(&document) {
        if status.as_str() < "400" && answer["content"].is_object() {
            let json = &answer["content"]["application/json"];
            assert!(json.is_object(), "{name} {status}");
        }
    }
    let mut headers = BTreeSet::new();
    for (_, parameter) in parameters(&document) {
        if parameter["in"] == "header" {
            assert_eq!(parameter["schema"]["type"], "string", "{parameter}");
            assert_ne!(parameter["schema"]["format"], "binary", "{parameter}");
            headers.insert(text(&parameter, "/name").to_owned());
        }
    }
    let known = [
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "traceparent",
    ];
    assert_eq!(headers, known.map(str::to_owned).into());
}

#[test]
fn members_have_names_of_one_kind_and_lists_are_plural() {
    // AME.04, AME.05, AME.06, AME.07
    let document = document();
    for (schema, member, told) in members(&document) {
        // Recorded exceptions, and the codes of gender.
        let other = ["_links", "_meta", "T", "K", "M"].contains(&member.as_str());
        assert!(other || is_camel_case(&member), "{schema}.{member}");
        let kind = &resolved(&document, &told)["type"];
        let is_list = kind == "array"
            || kind
                .as_array()
                .is_some_and(|all| all.contains(&json!("array")));
        // Recorded exceptions; and what is counted without this or that.
        let uncountable = ["lineage", "progress", "recognised"].contains(&member.as_str());
        let counted =
            member.starts_with("indicatorsWithout") || member.starts_with("targetsWithout");
        let plural = member.ends_with('s') && member != "progress";
        assert!(
            !is_list || plural || counted || uncountable,
            "{schema}.{member}"
        );
    }
}

#[test]
fn refusals_are_problems_with_all_their_members() {
    // FEL.01, FEL.02
    let document = document();
    let problem = &document["components"]["schemas"]["Problem"];
    assert_eq!(problem["type"], "object");
    for member in ["type", "title", "status", "detail", "instance"] {
        assert!(problem["properties"][member].is_object(), "{member}");
    }
    let mut checked = 0;
    for (name, status, answer) in answers(&document) {
        let refused = status == "default" || status.as_str() >= "400";
        if refused && answer["content"].is_object() {
            let problem = &answer["content"]["application/problem+json"];
            assert!(problem.is_object(), "{name} {status}");
            checked += 1;
        }
    }
    assert!(checked > 300, "only {checked}");
}

#[test]
fn what_is_created_has_an_address_and_the_api_tells_of_itself() {
    // ARP.03, VER.06, VER.07
    let document = document();
    for (name, status, answer) in answers(&document) {
        if status == "201" {
            assert!(answer["headers"]["Location"].is_object(), "{name}");
        }
    }
    assert!(document["paths"]["/api-info"]["get"].is_object());
    for member in [
        "apiName",
        "apiVersion",
        "apiReleased",
        "apiDocumentation",
        "apiStatus",
    ] {
        let info = &document["components"]["schemas"]["ApiInfo"];
        assert!(info["properties"][member].is_object(), "{member}");
    }
}

#[test]
fn a_query_is_named_like_members_and_pages_are_counted_from_one() {
    // FNS.01, FNS.03, FNS.05, FNS.06, FNS.07, FNS.08, FNS.09
    let document = document();
    let (mut paged, mut limited) = (BTreeSet::new(), BTreeSet::new());
    for (operation, parameter) in parameters(&document) {
        if parameter["in"] != "query" {
            continue;
        }
        let (at, name) = (operation.name(), text(&parameter, "/name").to_owned());
        assert!(is_camel_case(&name), "{at} {name}");
        // A recorded exception.
        let needed = operation.path == "/documents" && name == "budgetYear";
        assert_eq!(parameter["required"] == true, needed, "{at} {name}");
        match name.as_str() {
            "page" => {
                assert_eq!(parameter["schema"]["default"], 1, "{at}");
                paged.insert(at);
            }
            "limit" => {
                assert_eq!(parameter["schema"]["default"], 20, "{at}");
                limited.insert(at);
            }
            _ => {}
        }
    }
    assert!(paged.len() > 20 && limited.is_superset(&paged));
}
