//! What is delivered: the feed's changes as events.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::Watched;
use crate::changes::{self, Change, RESOURCES};
use crate::database::Connection;
use crate::database::record::Place;
use crate::http::links::Root;

/// What is to be delivered.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The place just after it; none for a test.
    pub(super) place: Place,
    /// What names it, the same in every attempt and every replay.
    pub(super) id: String,
    /// `goals.updated` and the like.
    pub(super) kind: String,
    /// The body.
    pub(super) body: Value,
}

#[derive(QueryableByName)]
struct Head {
    #[diesel(sql_type = BigInt)]
    commit_position: i64,
}

/// The end of the feed: after everything that can be seen now.
pub(super) async fn head(connection: &mut Connection) -> QueryResult<Place> {
    let head: Head = diesel::sql_query("SELECT commit_position FROM record_head")
        .get_result(connection)
        .await?;
    Ok(Place::new(head.commit_position, i64::MAX, &[]))
}

/// The first events after a place that are about these resources, or about any
/// where none is named.
pub(super) async fn after(
    connection: &mut Connection,
    place: Place,
    resources: &[Watched],
    limit: i64,
    root: &Root,
) -> QueryResult<Vec<Event>> {
    let names = names(resources);
    let entries = changes::after(connection, place, &names, limit).await?;
    Ok(entries
        .iter()
        .filter_map(|entry| {
            let change = Change::new(entry, root);
            let kind = format!("{}.{}", change.resource, change.action.word());
            Some(Event {
                place: entry.place,
                id: change.cursor.clone(),
                body: json!({
                    "type": kind,
                    "timestamp": change.occurred_at,
                    "data": serde_json::to_value(&change).ok()?,
                }),
                kind,
            })
        })
        .collect())
}

/// The names of the resources that are watched.
pub(super) fn names(resources: &[Watched]) -> Vec<&'static str> {
    if resources.is_empty() {
        RESOURCES.iter().map(|resource| resource.name).collect()
    } else {
        resources.iter().map(|watched| watched.word()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::text_enum::Choice;

    #[test]
    fn what_can_be_watched_is_what_the_feed_tells_of() {
        assert_eq!(Watched::WORDS, names(&[]).as_slice());
    }
}
