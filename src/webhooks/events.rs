//! What is delivered: the feed's changes as events.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::path::{
    Operation as Documentation, OperationBuilder, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, ObjectBuilder, Ref, Required, Response, Type};
use utoipa::{PartialSchema, ToSchema};

use super::Watched;
use crate::changes::{self, Change, RESOURCES};
use crate::database::Connection;
use crate::database::record::Place;
use crate::http::links::Root;
use crate::http::routes::Operation;

/// What a delivery holds: a change as the feed has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebhookEvent {
    /// The resource and what happened: `goals.updated`. In a test `webhook.test`;
    /// `data` has then the `webhookId` and the `href` of the webhook instead.
    #[schema(example = "values.updated")]
    pub r#type: String,
    /// When it was committed.
    #[schema(example = "2024-05-23T08:30:00.123456Z")]
    pub timestamp: DateTime<Utc>,
    /// The change, as `/changes` has it.
    pub data: Change,
}

/// How a delivery is described.
pub(super) fn told() -> Operation {
    Operation::sent(
        "change",
        documentation,
        || vec!["webhooks"],
        |schemas| {
            schemas.push((WebhookEvent::name().into_owned(), WebhookEvent::schema()));
            WebhookEvent::schemas(schemas);
        },
    )
}

fn documentation() -> Documentation {
    let header = |name: &str, description: &str, example: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .example(Some(json!(example)))
            .build()
    };
    let body = RequestBodyBuilder::new()
        .description(Some("What has changed."))
        .content(
            "application/json",
            Content::new(Some(Ref::from_schema_name(WebhookEvent::name()))),
        )
        .required(Some(Required::True))
        .build();
    OperationBuilder::new()
        .operation_id(Some("deliver_change"))
        .summary(Some("A change, delivered to a webhook"))
        .description(Some("Sent to the `url` of each active webhook, in the feed's order, at least once, as the Standard Webhooks specification says. Verify the signature, and answer 2xx within 15 seconds; anything else is tried again for 24 hours."))
        .parameter(header("webhook-id", "What names the change: its `cursor`, the same in every attempt and replay.", "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww"))
        .parameter(header("webhook-timestamp", "When it was sent, in seconds since 1970.", "1716453000"))
        .parameter(header("webhook-signature", "`v1,` and, in base64, the HMAC-SHA256 of id, timestamp and body joined by full stops, under the secret; several, separated by blanks, while a secret is replaced.", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="))
        .request_body(Some(body))
        .response("2XX", Response::new("The receiver has it."))
        .build()
}

/// What is to be delivered.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The place just after it.
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

/// The first events after a place and no later than `head` that are about these
/// resources, or about any where none is named.
pub(super) async fn between(
    connection: &mut Connection,
    (place, head): (Place, Place),
    resources: &[Watched],
    limit: i64,
    root: &Root,
) -> QueryResult<Vec<Event>> {
    let names = names(resources);
    let entries = changes::after(connection, place, &names, limit).await?;
    entries
        .iter()
        .take_while(|entry| entry.place.position <= head.position)
        .map(|entry| {
            let change = Change::new(entry, root);
            let kind = format!("{}.{}", change.resource, change.action.word());
            let id = change.cursor.clone();
            let body = WebhookEvent {
                r#type: kind.clone(),
                timestamp: change.occurred_at,
                data: change,
            };
            let body = serde_json::to_value(body)
                .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
            Ok(Event {
                place: entry.place,
                id,
                body,
                kind,
            })
        })
        .collect()
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
