//! Kolada's envelope, and what marks an answer as none of Kolada's own.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use utoipa::ToSchema;

use super::BASE;
use super::asked::Asked;
use crate::http::call::{API_BASE, Call};
use crate::http::query::encode;
use crate::problem::Problem;

/// A page of rows as Kolada answers it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Rows<T> {
    /// The rows.
    values: Vec<T>,
    /// The address of the next page, or null.
    #[schema(required, format = "uri")]
    next_url: Option<String>,
    /// The address of the page before, or null.
    #[schema(required, format = "uri")]
    previous_url: Option<String>,
    /// How many rows are in this answer.
    #[schema(example = 1)]
    count: usize,
}

/// 200 with `rows`, one more of which than are asked for may have been read. `place`
/// tells where a row stands, so that the next page begins after it however far in it is;
/// `own` is the path below the API root that has the same data as it is.
pub(super) fn answer<T: Serialize>(
    call: &Call,
    asked: &Asked,
    mut rows: Vec<T>,
    place: impl Fn(&T) -> Option<String>,
    own: &str,
) -> Result<HttpResponse, Problem> {
    let most = usize::try_from(asked.per_page).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let after = rows.last().and_then(place).filter(|_| more);
    let page = |number: i64, after: Option<String>| {
        let mut query: Vec<(&str, String)> = asked
            .pairs
            .iter()
            .filter(|(name, _)| !["page", "per_page", "after"].contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        query.push(("page", number.to_string()));
        query.push(("per_page", asked.per_page.to_string()));
        query.extend(after.map(|after| ("after", after)));
        let query = query
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&");
        format!("{}{}?{query}", public_url(call), call.request_path())
    };
    let body = Rows {
        next_url: more.then(|| page(asked.page.saturating_add(1), after)),
        previous_url: (asked.page > 1).then(|| page(asked.page - 1, None)),
        count: rows.len(),
        values: rows,
    };
    call.view(&body, &[(header::LINK, links(call, own))])
}

/// `PUBLIC_URL`.
fn public_url(call: &Call) -> &str {
    let root: &str = call.root();
    root.strip_suffix(API_BASE).unwrap_or(root)
}

/// Where the same data is as it is, with its source and provenance, what describes this
/// form of it, and the licence.
fn links(call: &Call, own: &str) -> String {
    let (root, public) = (call.root(), public_url(call));
    let mut links = vec![
        format!("<{root}{own}>; rel=\"canonical\""),
        format!("<{public}{BASE}/openapi.json>; rel=\"service-desc\"; type=\"application/json\""),
    ];
    if let Some(licence) = &call.service.licence {
        links.push(format!("<{licence}>; rel=\"license\""));
    }
    links.join(", ")
}
