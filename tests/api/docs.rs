//! The documentation for people.

use malbild::problem::Code;

use crate::support::TestApp;

/// What the attributes `href` and `src` of a page hold.
fn addresses(page: &str) -> Vec<&str> {
    ["href=\"", "src=\""]
        .iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[tokio::test]
async fn everything_that_the_documentation_loads_comes_from_the_service() {
    let app = TestApp::start().await;
    for path in ["/docs", "/docs/problems"] {
        let page = app.get(path).await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        let text = page.text();
        assert!(!text.contains("<script>"), "a script in the page");
        let base = reqwest::Url::parse(&app.url(path)).expect("a URL");
        for address in addresses(&text) {
            let address = base.join(address).expect("a URL");
            assert!(address.as_str().starts_with(&app.base), "{address}");
            let status = reqwest::get(address.clone())
                .await
                .expect("an answer")
                .status();
            assert_eq!(status, 200, "{address}");
        }
    }
}

#[tokio::test]
async fn every_problem_leads_to_its_row() {
    let app = TestApp::start().await;
    let page = app.get("/docs/problems").await.expect(200).text();
    for code in Code::ALL {
        let row = format!("<tr id=\"{}\"><td>{}</td>", code.name(), code.status());
        assert!(page.contains(&row), "{row}");
    }
    let problem = app
        .get("/budgets/2023")
        .await
        .problem(404, "notFound")
        .json();
    let expected = app.url("/docs/problems#notFound");
    assert_eq!(problem["type"], expected);
}

#[tokio::test]
async fn a_page_of_the_documentation_is_read_like_everything_else() {
    let app = TestApp::start().await;
    let page = app.get("/docs").await.expect(200);
    let again = app
        .request("GET", "/docs")
        .header("if-none-match", page.etag());
    again.send().await.expect(304);
    let script = app
        .request("GET", "/docs/swagger-ui-bundle.js")
        .header("accept-encoding", "gzip");
    let script = script.send().await.expect(200);
    assert_eq!(script.header("content-encoding"), "gzip");
    let head = app.request("HEAD", "/docs").send().await.expect(200);
    assert!(head.body.is_empty());
    app.get("/docs/index.html")
        .await
        .problem(404, "unknownPath");
    app.get("/docs/..%2fmod.rs")
        .await
        .problem(404, "unknownPath");
    let json = app
        .request("GET", "/docs")
        .header("accept", "application/json");
    json.send().await.problem(406, "notAcceptable");
    app.request("POST", "/docs")
        .send()
        .await
        .problem(405, "methodNotAllowed");
}

#[test]
fn every_relative_link_of_the_documentation_leads_to_a_file() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["", "docs", "docs/adr", "docs/consumers"].map(|folder| root.join(folder));
    let mut links = 0;
    for folder in folders {
        for file in std::fs::read_dir(&folder).expect("a folder") {
            let file = file.expect("a file").path();
            if file.extension().is_none_or(|end| end != "md") {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("text");
            for link in text.split("](").skip(1) {
                let link = link.split([')', '#']).next().unwrap_or_default();
                if !link.is_empty() && !link.contains("://") {
                    assert!(folder.join(link).exists(), "{link} in {}", file.display());
                    links += 1;
                }
            }
        }
    }
    assert!(links > 5, "only {links} links");
}
