//! The well-known addresses.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::{get, published};
use crate::support::TestApp;

const LINKSET: &str =
    "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"";

#[tokio::test]
async fn the_api_catalog_leads_to_the_api_and_to_all_that_describes_it() {
    let app = published(&[]).await;
    let answer = get(&app, "/.well-known/api-catalog").await.expect(200);
    assert_eq!(answer.header("content-type"), LINKSET);
    let body = answer.json();
    let sets = body["linkset"].as_array().expect("a linkset");
    let own = format!("{}/.well-known/api-catalog", app.base);
    assert_eq!(sets[0]["anchor"], own);
    assert_eq!(sets[0]["item"][0]["href"], app.url(""));
    assert_eq!(sets[1]["anchor"], app.url(""));
    let mut followed = 0;
    for relation in ["service-desc", "service-doc", "service-meta", "status"] {
        for link in sets[1][relation].as_array().expect("links") {
            let href = link["href"].as_str().expect("an address");
            let path = href.strip_prefix(&app.base).expect("an address of ours");
            let there = get(&app, path).await.expect(200);
            let media_type = there.header("content-type").split(';').next();
            assert_eq!(link["type"].as_str(), media_type, "{href}");
            followed += 1;
        }
    }
    assert_eq!(followed, 7);
    let head = app
        .outside("HEAD", "/.well-known/api-catalog")
        .send()
        .await
        .expect(200);
    assert!(head.body.is_empty());
    let link = format!(
        "<{own}>; rel=\"api-catalog\", <{}>; rel=\"item\"",
        app.url("")
    );
    assert_eq!(
        (head.header("link"), answer.header("link")),
        (link.as_str(), link.as_str())
    );
    let html = app
        .outside("GET", "/.well-known/api-catalog")
        .header("accept", "text/html");
    html.send().await.problem(406, "notAcceptable");
}

#[tokio::test]
async fn api_info_and_config_say_where_the_catalogue_of_apis_is() {
    let app = TestApp::start().await;
    for path in ["/api-info", "/config"] {
        let answer = app.get(path).await.expect(200);
        let link = answer.header("link");
        for part in [
            format!(
                "<{}/.well-known/api-catalog>; rel=\"api-catalog\"",
                app.base
            ),
            format!("<{}>; rel=\"service-desc\"", app.url("/openapi.json")),
            format!("<{}>; rel=\"service-doc\"", app.url("/docs")),
        ] {
            assert!(link.contains(&part), "{path}: {link}");
        }
    }
    let info = app.get("/api-info").await.json();
    assert_eq!(info["_links"]["config"]["href"], app.url("/config"));
}

/// The fields of a security.txt.
fn fields(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .map(|line| line.split_once(": ").expect("a field"))
        .collect()
}

#[tokio::test]
async fn security_txt_says_whom_to_tell_and_until_when_that_holds() {
    let app = TestApp::start_with(&[
        "--public-url=https://oppnadata.example.se",
        "--security-contact=security@example.se,https://example.se/report",
        "--security-policy-url=https://example.se/policy",
    ])
    .await;
    let answer = get(&app, "/.well-known/security.txt").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let text = answer.text();
    let fields = fields(&text);
    let of = |name: &str| -> Vec<&str> {
        let wanted = fields.iter().filter(|(field, _)| *field == name);
        wanted.map(|(_, value)| *value).collect()
    };
    assert_eq!(
        of("Contact"),
        ["mailto:security@example.se", "https://example.se/report"]
    );
    assert_eq!(
        of("Canonical"),
        ["https://oppnadata.example.se/.well-known/security.txt"]
    );
    assert_eq!(of("Preferred-Languages"), ["sv, en"]);
    assert_eq!(of("Policy"), ["https://example.se/policy"]);
    let expires = of("Expires");
    assert_eq!(expires.len(), 1, "exactly one (RFC 9116, 2.5.5)");
    let expires: DateTime<Utc> = expires[0].parse().expect("a time");
    let left = expires - malbild::clock::now();
    assert!(
        left > TimeDelta::days(30) && left < TimeDelta::days(365),
        "{left}"
    );
    assert_eq!(expires.num_seconds_from_midnight(), 0, "the same all day");
    let again = app.outside("GET", "/.well-known/security.txt");
    again
        .header("if-none-match", answer.etag())
        .send()
        .await
        .expect(304);
}

#[tokio::test]
async fn without_anybody_to_tell_there_is_no_security_txt() {
    let app = TestApp::start().await;
    let missing = get(&app, "/.well-known/security.txt")
        .await
        .problem(404, "notFound");
    assert!(missing.text().contains("SECURITY_CONTACT"));
}

#[tokio::test]
async fn a_service_on_plain_http_claims_no_canonical_address_for_security_txt() {
    let app = TestApp::start_with(&["--security-contact=tel:+46-63-143000"]).await;
    let text = get(&app, "/.well-known/security.txt")
        .await
        .expect(200)
        .text();
    let names: Vec<&str> = fields(&text).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Contact", "Expires", "Preferred-Languages"]);
}

#[tokio::test]
async fn robots_may_read_everything_and_learn_where_the_catalogue_is() {
    let app = TestApp::start().await;
    let answer = get(&app, "/robots.txt").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let text = answer.text();
    assert!(text.contains("User-agent: *\nAllow: /\n"), "{text}");
    assert!(!text.contains("Disallow"));
    assert!(text.contains(&format!("{}/datasets/dcat", app.base)));
    for path in [
        "/robots.txt/",
        "/malbild/v1/robots.txt",
        "/.well-known",
        "/.well-known/",
    ] {
        get(&app, path).await.problem(404, "unknownPath");
    }
    app.outside("PUT", "/robots.txt")
        .send()
        .await
        .problem(405, "methodNotAllowed");
}
