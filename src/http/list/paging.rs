//! Which part of a list a client asks for.

use super::request::{Start, whole};
use crate::http::call::Call;
use crate::http::conditional::digest;
use crate::http::cursor::Cursor;
use crate::http::query::Query;
use crate::problem::Problem;

/// `limit` where a client sends none.
pub const DEFAULT_LIMIT: i64 = 20;

/// The page, or the place in a walk, that a client asks for.
#[derive(Debug)]
pub struct Paging {
    /// The number of the page, or `None` in a walk by cursor.
    pub page: Option<i64>,
    /// The most items in an answer.
    pub limit: i64,
    pub(super) start: Start,
    pub(super) fingerprint: String,
}

impl Paging {
    /// Reads `page`, `limit` and `cursor`; 400 for what they cannot be.
    pub fn read(call: &Call, query: &Query, max_limit: i64) -> Result<Self, Problem> {
        let limit = query
            .one("limit", |raw| {
                whole(raw).filter(|limit| (1..=max_limit).contains(limit))
            })?
            .unwrap_or(DEFAULT_LIMIT.min(max_limit));
        let walked = query.again(&["page", "cursor", "limit", "fields"], &[]);
        let fingerprint = digest(&[call.request_path().as_bytes(), walked.as_bytes()]);
        let page = query.one("page", whole)?;
        let start = match (query.get("cursor"), page) {
            (Some(_), Some(_)) => return Err(Problem::query("send page or cursor, not both")),
            (Some(raw), None) => Start::Cursor(Cursor::decode(raw, &fingerprint)?),
            (None, page) => Start::Page(page.unwrap_or(1)),
        };
        let page = match start {
            Start::Page(page) => Some(page),
            Start::Cursor(_) => None,
        };
        Ok(Self {
            page,
            limit,
            start,
            fingerprint,
        })
    }

    /// The cursor that the walk stands at.
    pub fn cursor(&self) -> Option<&Cursor> {
        match &self.start {
            Start::Cursor(cursor) => Some(cursor),
            Start::Page(_) => None,
        }
    }

    /// A cursor of this walk at the place that `values` tell.
    pub fn cursor_at(&self, values: Vec<serde_json::Value>, backwards: bool) -> Cursor {
        Cursor {
            backwards,
            values,
            query: self.fingerprint.clone(),
            total: 0,
            version: 0,
        }
    }
}
