//! The opaque place in a walk through a list.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::Problem;

/// Where a walk stands: the sort values of the row at the edge of the last
/// page, and what was counted when the walk began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// Whether the walk goes backwards from here.
    #[serde(rename = "b")]
    pub backwards: bool,
    /// The values of the sort members, in order.
    #[serde(rename = "v")]
    pub values: Vec<Value>,
    /// What was asked for; a cursor is good for that alone.
    #[serde(rename = "q")]
    pub query: String,
    /// How many rows there were in all.
    #[serde(rename = "t")]
    pub total: i64,
    /// The data version in which they were counted.
    #[serde(rename = "n")]
    pub version: i64,
}

impl Cursor {
    /// The cursor as it stands in a link.
    pub fn encode(&self) -> String {
        BASE64URL_NOPAD.encode(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a cursor; 400 when it is none or belongs to another `query`.
    pub fn decode(raw: &str, query: &str) -> Result<Self, Problem> {
        let wrong = || Problem::query("the cursor is none of this list's; begin again without it");
        let bytes = BASE64URL_NOPAD
            .decode(raw.as_bytes())
            .map_err(|_| wrong())?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if cursor.query == query && cursor.total >= 0 {
            Ok(cursor)
        } else {
            Err(wrong())
        }
    }
}
