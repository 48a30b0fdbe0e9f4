//! The change feed (ändringsflöde): every change of every resource, in the order
//! in which they were committed. It and the histories are two reads of one record.

mod feed;
mod handlers;
mod recorded;
mod together;
mod verify;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use feed::{Entry, after, hold_to};
pub use handlers::{LONGEST, MOST, operations};
pub use recorded::{RESOURCES, Recorded, recorded};
pub use together::Together;
pub use verify::{Link, Verified, verify};

use crate::http::links::{Links, Root};

crate::text_enum! {
    /// What happened to a thing (händelse).
    pub enum Action {
        /// It came to be.
        Created = "created",
        /// It became otherwise.
        Updated = "updated",
        /// It went away.
        Deleted = "deleted",
    }
}

/// A change (ändring) of one thing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "cursor": "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww",
    "occurredAt": "2024-05-23T08:30:00.123456Z",
    "resource": "values",
    "key": {"indicatorCode": "N01951", "municipalityCode": "2380", "year": 2022, "gender": "T"},
    "href": "https://oppnadata.example.se/malbild/v1/indicators/N01951/values/2380/2022/T",
    "action": "updated",
    "changedFields": ["value"],
    "etag": "mF2nq0Yx3bX7yQhJc1tK"
}))]
pub struct Change {
    /// The place just after this change: send it as `after` to go on from here. The same for good, so it names the change, too.
    #[schema(example = "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww")]
    pub cursor: String,
    /// When it was committed. Never earlier than that of a change before it.
    #[schema(example = "2024-05-23T08:30:00.123456Z")]
    pub occurred_at: DateTime<Utc>,
    /// What kind of thing it is: the name of its collection; `goal-indicators` for a goal's link to an indicator.
    #[schema(example = "values")]
    pub resource: &'static str,
    /// The members of its key.
    #[schema(value_type = Object, example = json!({"indicatorCode": "N01951", "municipalityCode": "2380", "year": 2022, "gender": "T"}))]
    pub key: Map<String, Value>,
    /// Where it is, or was.
    #[schema(
        format = "uri",
        example = "https://oppnadata.example.se/malbild/v1/indicators/N01951/values/2380/2022/T"
    )]
    pub href: String,
    /// What happened to it.
    pub action: Action,
    /// The members that it got (`created`: those that are not null) or that became otherwise (`updated`); none where it was deleted. `role` is that of a link, which changes with the goal's targets.
    #[schema(example = json!(["value"]))]
    pub changed_fields: Vec<&'static str>,
    /// The ETag it got, without quotes; null where it was deleted.
    #[schema(required, example = "mF2nq0Yx3bX7yQhJc1tK")]
    pub etag: Option<String>,
}

/// What the feed says of itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"limit": 20, "count": 1, "source": "https://oppnadata.example.se/malbild/v1", "licence": "http://creativecommons.org/publicdomain/zero/1.0/"}))]
pub struct ChangesMeta {
    /// The most changes in an answer.
    #[schema(minimum = 1)]
    pub limit: i64,
    /// How many changes are in this answer.
    #[schema(minimum = 0)]
    pub count: usize,
    /// The service to cite.
    #[schema(format = "uri")]
    pub source: String,
    /// The licence of the data; null where the operator has set none.
    #[schema(required)]
    pub licence: Option<String>,
}

/// Changes in the order in which they were committed (ändringar).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "items": [{
        "cursor": "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww",
        "occurredAt": "2024-05-23T08:30:00.123456Z",
        "resource": "values",
        "key": {"indicatorCode": "N01951", "municipalityCode": "2380", "year": 2022, "gender": "T"},
        "href": "https://oppnadata.example.se/malbild/v1/indicators/N01951/values/2380/2022/T",
        "action": "updated",
        "changedFields": ["value"],
        "etag": "mF2nq0Yx3bX7yQhJc1tK"
    }],
    "cursor": "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww",
    "_meta": {"limit": 20, "count": 1, "source": "https://oppnadata.example.se/malbild/v1", "licence": "http://creativecommons.org/publicdomain/zero/1.0/"},
    "_links": {
        "next": {"href": "https://oppnadata.example.se/malbild/v1/changes?after=AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww", "rel": "next", "method": "GET"},
        "self": {"href": "https://oppnadata.example.se/malbild/v1/changes", "rel": "self", "method": "GET"}
    }
}))]
pub struct Changes {
    /// The changes, the oldest first.
    pub items: Vec<Change>,
    /// Where to go on: that of the last change, or the one that was sent where there is none.
    #[schema(example = "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww")]
    pub cursor: String,
    /// About the answer.
    #[serde(rename = "_meta")]
    pub meta: ChangesMeta,
    /// `self`, and `next`: the same from `cursor` on.
    #[serde(rename = "_links")]
    pub links: Links,
}

impl Change {
    /// The change that an entry of the record tells of, as this service shows it.
    pub fn new(entry: &Entry, root: &Root) -> Self {
        let resource = entry.resource;
        let key = resource.key(&entry.key);
        let fields = entry.changed.iter();
        let mut changed_fields: Vec<&str> = fields
            .filter_map(|column| resource.member(column))
            .collect();
        changed_fields.sort_unstable();
        Self {
            cursor: entry.place.encode(),
            occurred_at: entry.committed_at,
            href: format!("{root}{}", resource.path(&key)),
            resource: resource.name,
            key,
            action: entry.action,
            changed_fields,
            etag: entry.version.map(|version| resource.tag(version)),
        }
    }
}
