//! The answer of a list: items, `_meta` and `_links`.

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::schema::RefBuilder;
use utoipa::openapi::{Array, ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::call::Call;
use super::links::{Linker, Links};
use super::list::{ListRequest, Loaded};
use super::query::Query;
use crate::problem::Problem;

/// What a list says of itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"totalRecords": 9, "page": 1, "limit": 20, "count": 9, "source": "https://oppnadata.example.se/malbild/v1", "licence": "http://creativecommons.org/publicdomain/zero/1.0/"}))]
pub struct PageMeta {
    /// How many items the filters leave in all.
    #[schema(minimum = 0)]
    pub total_records: i64,
    /// The number of this page from 1; null in a walk by cursor.
    #[schema(required)]
    pub page: Option<i64>,
    /// The most items in an answer.
    #[schema(minimum = 1)]
    pub limit: i64,
    /// How many items are in this answer.
    #[schema(minimum = 0)]
    pub count: usize,
    /// The service to cite.
    #[schema(format = "uri")]
    pub source: String,
    /// The licence of the data; null where the operator has set none.
    #[schema(required)]
    pub licence: Option<String>,
    /// In lists of values: how to credit those that are Kolada's. There exactly when one of the items has provenance `kolada`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "Källa: Kolada")]
    pub attribution: Option<&'static str>,
}

/// A list (answer of every collection).
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// About the list.
    #[serde(rename = "_meta")]
    pub meta: PageMeta,
    /// `self`, `first`, `last`, and `next` and `prev` where there is one.
    #[serde(rename = "_links")]
    pub links: Links,
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Page", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        schemas.push((PageMeta::name().into_owned(), PageMeta::schema()));
        schemas.push((Links::name().into_owned(), Links::schema()));
        Links::schemas(schemas);
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let item = Ref::from_schema_name(T::name());
        let mut items = Array::new(item);
        items.description = Some("The items, in order.".to_owned());
        let about = RefBuilder::new()
            .ref_location_from_schema_name(PageMeta::name())
            .description(Some("About the list."))
            .build();
        let links = RefBuilder::new()
            .ref_location_from_schema_name(Links::name())
            .description(Some("`self`, `first`, `last`, and `next` and `prev` where there is one. `next` and `prev` carry an opaque `cursor`; follow them to walk through everything."))
            .build();
        ObjectBuilder::new()
            .description(Some(format!(
                "A list of {} with what it says of itself.",
                T::name()
            )))
            .property("items", items)
            .property("_meta", about)
            .property("_links", links)
            .required("items")
            .required("_meta")
            .required("_links")
            .into()
    }
}

/// The header with the place in the feed from which a copy of the answer goes on.
pub(super) const CHANGES_CURSOR: HeaderName = HeaderName::from_static("changes-cursor");

/// Answers a list: the items of this page, made from its rows by `item`.
pub fn answer<R, T: Serialize>(
    call: &Call,
    request: &ListRequest,
    loaded: Loaded<R>,
    item: impl Fn(R) -> T,
) -> Result<HttpResponse, Problem> {
    credited(call, request, loaded, None, item)
}

/// The same, with how to credit those of the items that are somebody else's.
pub fn credited<R, T: Serialize>(
    call: &Call,
    request: &ListRequest,
    loaded: Loaded<R>,
    attribution: Option<&'static str>,
    item: impl Fn(R) -> T,
) -> Result<HttpResponse, Problem> {
    let items: Vec<T> = loaded.rows.into_iter().map(item).collect();
    let edge = |item: Option<&T>, wanted: bool| {
        item.filter(|_| wanted)
            .map(serde_json::to_value)
            .transpose()
            .map_err(|_| Problem::internal())
    };
    let first = edge(items.first(), loaded.before)?;
    let last = edge(items.last(), loaded.after)?;
    let meta = PageMeta {
        total_records: loaded.counted.total,
        page: request.page,
        limit: request.limit,
        count: items.len(),
        source: call.root().to_string(),
        licence: call.service.licence.clone(),
        attribution,
    };
    let links = links(call, &request.query, &meta, |backwards| {
        let item = if backwards {
            first.as_ref()
        } else {
            last.as_ref()
        };
        item.map(|item| request.cursor_at(item, backwards, loaded.counted))
    });
    let headers = headers(call, &links);
    if request.fields.names().is_none() {
        return call.view(&Page { items, meta, links }, &headers);
    }
    let whole = items
        .iter()
        .map(serde_json::to_value)
        .collect::<Result<Vec<Value>, _>>()
        .map_err(|_| Problem::internal())?;
    let items = whole
        .into_iter()
        .map(|item| request.fields.select(item))
        .collect();
    call.view(&Page { items, meta, links }, &headers)
}

/// The headers of a list's answer: its links, and where to follow the changes
/// from; what was once is no copy that could be kept up to date.
pub fn headers(call: &Call, links: &Links) -> Vec<(HeaderName, String)> {
    let mut headers = vec![(header::LINK, link_header(links))];
    if let Some(end) = call.end.filter(|_| !call.is_of_the_past()) {
        headers.push((CHANGES_CURSOR, end.encode()));
    }
    headers
}

/// The links of a list; `cursor` is the place to go on from, backwards or not.
pub fn links(
    call: &Call,
    query: &Query,
    meta: &PageMeta,
    cursor: impl Fn(bool) -> Option<String>,
) -> Links {
    let path = call.list_path();
    let at = |with: &[(&str, &str)]| {
        let query = query.again(&["page", "cursor"], with);
        if query.is_empty() {
            path.clone()
        } else {
            format!("{path}?{query}")
        }
    };
    let own = query.again(&[], &[]);
    let own = if own.is_empty() {
        path.clone()
    } else {
        format!("{path}?{own}")
    };
    let last = meta.total_records.saturating_add(meta.limit - 1) / meta.limit;
    let mut linker = Linker::new(call.root())
        .link("self", "self", own)
        .link("first", "first", at(&[("page", "1")]))
        .link("last", "last", at(&[("page", &last.max(1).to_string())]));
    if let Some(cursor) = cursor(true) {
        linker = linker.link("prev", "prev", at(&[("cursor", &cursor)]));
    }
    if let Some(cursor) = cursor(false) {
        linker = linker.link("next", "next", at(&[("cursor", &cursor)]));
    }
    linker.done()
}

/// What a `Link` header may take: proxies refuse answers with a long head.
const LINK_HEADER: usize = 4_000;

/// The same links as a `Link` header (RFC 8288), those that a walk needs first;
/// one that does not fit any more stands in the body alone.
fn link_header(links: &Links) -> String {
    let mut header = String::new();
    for name in ["next", "prev", "first", "last", "self"] {
        let Some(link) = links.get(name) else {
            continue;
        };
        let link = format!("<{}>; rel=\"{}\"", link.href, link.rel);
        if header.len() + link.len() + 2 <= LINK_HEADER {
            let comma = if header.is_empty() { "" } else { ", " };
            header = format!("{header}{comma}{link}");
        }
    }
    header
}
