//! What the answers show of the national profile: pages and links. The rules are named
//! by their ids, as in `profile`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::profile::text;
use super::{document, operations, populate, walk};
use crate::support::TestApp;

#[tokio::test]
async fn a_list_tells_of_its_pages_and_one_out_of_range_is_empty() {
    // FNS.10, FNS.11, FNS.13, FNS.14
    let (app, document) = (TestApp::start().await, document());
    let key = populate(&app, &document).await;
    for operation in operations(&document) {
        let told = operation.told["parameters"].to_string();
        if operation.writes() || !told.contains("\"name\":\"page\"") {
            continue;
        }
        for page in ["0", "99"] {
            let address = format!("{}?page={page}", operation.address());
            let list = operation
                .read(&app, &address, &key)
                .await
                .expect(200)
                .json();
            assert_eq!(list["items"], json!([]), "{address}");
            for member in ["totalRecords", "page", "limit", "count"] {
                assert!(list["_meta"][member].is_number(), "{address} {member}");
            }
            for link in ["self", "first"] {
                assert!(list["_links"][link]["href"].is_string(), "{address} {link}");
            }
        }
    }
}

/// Relations in IANA's register.
const RELATIONS: [&str; 13] = [
    "collection",
    "edit",
    "first",
    "item",
    "last",
    "next",
    "prev",
    "related",
    "self",
    "service-desc",
    "service-doc",
    "service-meta",
    "up",
];

/// Fails unless all links in an answer are whole and described; gives back where they
/// lead.
fn check_links(told: &str, api_root: &str, at: &str, answer: &Value) -> Vec<String> {
    let mut addresses = Vec::new();
    walk(answer, at, &mut |at, value| {
        let Some(links) = value.get("_links").and_then(Value::as_object) else {
            return;
        };
        assert!(links.contains_key("self"), "{at}");
        for (name, link) in links {
            let names: Vec<&String> = link.as_object().expect("a link").keys().collect();
            assert_eq!(names, ["href", "rel", "method"], "{at} {name}");
            let (href, rel) = (text(link, "/href"), text(link, "/rel"));
            assert!(href.starts_with(api_root), "{at} {href}");
            assert!(RELATIONS.contains(&rel), "{at} {name}: {rel}");
            for word in [name.as_str(), rel] {
                let from_here = at.ends_with("/api-info") && rel == "collection";
                let described = told.contains(&format!("`{word}`"));
                assert!(described || from_here, "{word} is not described");
            }
            assert!(
                ["GET", "PUT"].contains(&text(link, "/method")),
                "{at} {name}"
            );
            addresses.push(href.strip_prefix(api_root).unwrap_or_default().to_owned());
        }
    });
    addresses
}

#[tokio::test]
async fn every_answer_has_links_that_are_described_and_lead_somewhere() {
    // HYP.01, HYP.04, HYP.05, HYP.07, HYP.11, HYP.12, HYP.13, HYP.15, HYP.16, HYP.17, HYP.18, HYP.19
    let (app, document) = (TestApp::start().await, document());
    let key = populate(&app, &document).await;
    let description = text(&document, "/info/description");
    let chapter = description
        .split("## ")
        .find(|part| part.starts_with("Links\n"));
    let chapter = chapter.expect("a chapter on links");
    let mut leading = BTreeSet::new();
    for operation in operations(&document).iter().filter(|read| !read.writes()) {
        let address = operation.address();
        let answer = operation.read(&app, &address, &key).await;
        if answer.status == 404 {
            // Nothing was ever there at the place of the example.
            continue;
        }
        let answer = answer.expect(200).json();
        assert!(answer["_links"]["self"].is_object(), "{address}");
        leading.extend(check_links(chapter, &app.url(""), &address, &answer));
    }
    assert!(leading.len() > 60, "only {}", leading.len());
    for address in leading {
        let found = app.request("GET", &address).key(&key).send().await;
        assert_eq!(found.status, 200, "{address}");
    }
}
