//! A page of a list.

use actix_web::HttpRequest;
use serde::Serialize;

use super::{Link, Worker};

#[derive(Serialize)]
pub(super) struct Page<T> {
    items: Vec<T>,
    #[serde(rename = "_meta")]
    meta: Meta,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    total_records: i64,
    page: Option<i64>,
    limit: i64,
    count: usize,
    source: String,
    licence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<&'static str>,
}

#[derive(Serialize)]
struct Links {
    first: Link,
    last: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev: Option<Link>,
    #[serde(rename = "self")]
    own: Link,
}

/// The cursors before and after a page.
#[derive(Default)]
pub(super) struct Cursors {
    pub(super) prev: Option<String>,
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// The page of `items` of which there are `total` in all.
    pub(super) fn new(
        worker: &Worker,
        request: &HttpRequest,
        items: Vec<T>,
        (limit, total): (i64, i64),
        cursors: Cursors,
    ) -> Self {
        let path = request.path().trim_start_matches("/malbild/v1");
        let query = request.query_string();
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.starts_with("cursor="))
            .collect();
        let kept = kept.join("&");
        let root = &worker.root;
        let at = |name: &str, value: &str| format!("{root}{path}?{kept}&{name}={value}");
        let last = (total + limit - 1) / limit;
        Self {
            meta: Meta {
                total_records: total,
                page: (kept == query).then_some(1),
                limit,
                count: items.len(),
                source: root.clone(),
                licence: None,
                attribution: None,
            },
            links: Links {
                first: Link::get("first", at("page", "1")),
                last: Link::get("last", at("page", &last.to_string())),
                next: cursors
                    .next
                    .map(|next| Link::get("next", at("cursor", &next))),
                prev: cursors
                    .prev
                    .map(|prev| Link::get("prev", at("cursor", &prev))),
                own: Link::get("self", format!("{root}{path}?{query}")),
            },
            items,
        }
    }

    /// The same, saying whom some of the items are to be credited to.
    pub(super) fn crediting(mut self, attribution: Option<&'static str>) -> Self {
        self.meta.attribution = attribution;
        self
    }
}
