//! What is asked of the servers.

use serde_json::Value;

use crate::fill::{self, Filled};

/// One kind of request.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Its letter.
    pub(crate) letter: &'static str,
    /// What it is, in words.
    pub(crate) name: String,
    /// The path and query, from the slash after the host.
    pub(crate) path: String,
    /// How many items the answer has, if it is a list.
    pub(crate) items: Option<usize>,
    /// Whether it is the PUT.
    pub(crate) writes: bool,
}

/// How many values there are on a page.
const ON_PAGE: u32 = 100;
/// The page far into the list, where there are so many.
const FAR: u32 = 10_000;

/// A PUT of one value, each of another figure.
pub(crate) fn put() -> Case {
    Case {
        letter: "f",
        name: "a value PUT".to_owned(),
        path: format!("/malbild/v1/indicators/{}/values", fill::indicator(1)),
        items: None,
        writes: true,
    }
}

/// The reads. The page far into the list is reached as a client does: by the
/// `next` link of the page before it.
pub(crate) async fn reads(base: &str, filled: &Filled) -> Result<Vec<Case>, String> {
    let far = FAR.min(filled.values / ON_PAGE - 1);
    let before = format!("/malbild/v1/values?page={}&limit={ON_PAGE}", far - 1);
    let next = next_of(base, &before).await?;
    let read = |letter, name: &str, path: String, items| Case {
        letter,
        name: name.to_owned(),
        path: format!("/malbild/v1{path}"),
        items,
        writes: false,
    };
    let series = format!(
        "/indicators/{}/values?municipalityCode={}&limit=100",
        fill::indicator(0),
        fill::municipality(fill::MUNICIPALITIES / 2)
    );
    let assignments = format!("/boards/{}/assignments?limit=200", fill::BOARD);
    Ok(vec![
        read("a", "a goal by id", format!("/goals/{}", fill::GOAL), None),
        read("b", "50 goals", "/goals?limit=50".to_owned(), Some(50)),
        read("c", "one series, 75 values", series, Some(75)),
        read("d", "a board's 150 assignments", assignments, Some(150)),
        read(
            "e1",
            "values, page 1",
            format!("/values?limit={ON_PAGE}"),
            Some(100),
        ),
        read("e2", &format!("values, page {far}"), next, Some(100)),
    ])
}

/// The path of a page's `next` link, below the API root.
async fn next_of(base: &str, path: &str) -> Result<String, String> {
    let failed = |error: reqwest::Error| format!("{path}: {error}");
    let answered = reqwest::get(format!("{base}{path}"))
        .await
        .map_err(failed)?;
    let body = answered.bytes().await.map_err(failed)?;
    let page: Value = serde_json::from_slice(&body).map_err(|error| format!("{path}: {error}"))?;
    let next = page["_links"]["next"]["href"].as_str().unwrap_or_default();
    next.strip_prefix(&crate::program::root())
        .map(str::to_owned)
        .ok_or_else(|| format!("{path} has no next page"))
}
