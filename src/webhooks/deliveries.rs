//! The log of deliveries.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::database::Connection;
use crate::database::schema::webhook_deliveries;
use crate::http::forms;
use crate::http::links::{Linker, Links, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::page::Page;
use crate::outgoing::Attempt;

crate::text_enum! {
    /// What came of a delivery.
    pub enum DeliveryOutcome {
        /// The receiver has it: it answered 2xx in time.
        Delivered = "delivered",
        /// The receiver has it not, or did not say so; it is tried again, unless it was a test.
        Failed = "failed",
    }
}

impl DeliveryOutcome {
    /// What came of an attempt.
    pub(super) fn of(attempt: &Attempt) -> Self {
        if attempt.arrived() {
            Self::Delivered
        } else {
            Self::Failed
        }
    }
}

/// An attempt to deliver something.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "deliveryId": "01941f2a-0c00-7f21-8a4c-3e5a7b9d1f77", "webhookId": "01941f29-7c00-7e11-9b3c-2d4f6a8c0e66",
    "eventId": "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww", "type": "goals.updated", "outcome": "delivered",
    "attemptedAt": "2024-05-23T08:30:01.120000Z", "status": 204, "tookMs": 83, "error": null,
    "createdAt": "2024-05-23T08:30:01.210000Z", "updatedAt": "2024-05-23T08:30:01.210000Z",
    "_links": {
        "self": {"href": "https://oppnadata.example.se/malbild/v1/webhooks/01941f29-7c00-7e11-9b3c-2d4f6a8c0e66/deliveries", "rel": "collection", "method": "GET"},
        "webhook": {"href": "https://oppnadata.example.se/malbild/v1/webhooks/01941f29-7c00-7e11-9b3c-2d4f6a8c0e66", "rel": "up", "method": "GET"}
    }
}))]
pub struct Delivery {
    /// The key.
    #[schema(read_only, example = "01941f2a-0c00-7f21-8a4c-3e5a7b9d1f77")]
    pub delivery_id: Uuid,
    /// The webhook that it was for.
    #[schema(example = "01941f29-7c00-7e11-9b3c-2d4f6a8c0e66")]
    pub webhook_id: Uuid,
    /// What was sent as `webhook-id`: the same in every attempt to deliver the same.
    #[schema(example = "AQAAAAAAAAAHAAAAAAAAAAx3Rk2hQm0Xww")]
    pub event_id: String,
    /// What it told, such as `goals.updated`, or `webhook.test`.
    #[schema(example = "goals.updated")]
    pub r#type: String,
    /// What came of it.
    pub outcome: DeliveryOutcome,
    /// When it was sent.
    #[schema(example = "2024-05-23T08:30:01.120000Z")]
    pub attempted_at: DateTime<Utc>,
    /// The status of the answer; null where none came.
    #[schema(required, example = 204)]
    pub status: Option<i32>,
    /// How long it took until the answer, or until there was none, in milliseconds.
    #[schema(minimum = 0, example = 83)]
    pub took_ms: i32,
    /// Why it did not arrive, for people; null where it did.
    #[schema(required, example = json!(null))]
    pub error: Option<String>,
    /// When it was noted.
    #[schema(example = "2024-05-23T08:30:01.210000Z")]
    pub created_at: DateTime<Utc>,
    /// The same: a delivery never changes.
    #[schema(example = "2024-05-23T08:30:01.210000Z")]
    pub updated_at: DateTime<Utc>,
    /// The webhook, and its deliveries.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// A list of deliveries.
pub type DeliveryPage = Page<Delivery>;

/// A delivery as it stands in the table.
#[derive(Clone, Debug, QueryableByName)]
#[diesel(table_name = webhook_deliveries)]
pub(super) struct DeliveryRow {
    delivery_id: Uuid,
    webhook_id: Uuid,
    event_id: String,
    event_type: String,
    outcome: DeliveryOutcome,
    attempted_at: DateTime<Utc>,
    status: Option<i32>,
    took_ms: i32,
    error: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// What the list of a webhook's deliveries can do: the newest come first.
pub(super) const LIST: ListSpec = ListSpec {
    table: "webhook_deliveries",
    members: &[
        Member::required("deliveryId", "delivery_id", Kind::Uuid),
        Member::required("webhookId", "webhook_id", Kind::Uuid),
        Member::required("eventId", "event_id", Kind::Text),
        Member::required("type", "event_type", Kind::Text),
        Member::required("outcome", "outcome", Kind::Text),
        Member::required("attemptedAt", "attempted_at", Kind::Moment),
        Member::optional("status", "status", Kind::Integer),
        Member::required("tookMs", "took_ms", Kind::Integer),
        Member::optional("error", "error", Kind::Unsortable),
    ],
    order: &["-deliveryId"],
    key: &["deliveryId"],
    filters: &["outcome"],
    max_limit: 1000,
    total: None,
    forms: forms::JSON,
    copied: None,
};

impl DeliveryRow {
    pub(super) fn shown(self, root: &Root) -> Delivery {
        let webhook = format!("/webhooks/{}", self.webhook_id);
        let links = Linker::new(root)
            .link("self", "collection", format!("{webhook}/deliveries"))
            .link("webhook", "up", webhook)
            .done();
        Delivery {
            delivery_id: self.delivery_id,
            webhook_id: self.webhook_id,
            event_id: self.event_id,
            r#type: self.event_type,
            outcome: self.outcome,
            attempted_at: self.attempted_at,
            status: self.status,
            took_ms: self.took_ms,
            error: self.error,
            created_at: self.created_at,
            updated_at: self.updated_at,
            links,
        }
    }
}

/// A delivery that is to be noted.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = webhook_deliveries)]
pub(super) struct Entry {
    delivery_id: Uuid,
    webhook_id: Uuid,
    event_id: String,
    event_type: String,
    outcome: DeliveryOutcome,
    attempted_at: DateTime<Utc>,
    status: Option<i32>,
    took_ms: i32,
    error: Option<String>,
}

impl Entry {
    /// What came of sending this event.
    pub(super) fn of(
        webhook_id: Uuid,
        event_id: &str,
        event_type: &str,
        attempted_at: DateTime<Utc>,
        attempt: &Attempt,
    ) -> Self {
        Self {
            delivery_id: Uuid::now_v7(),
            webhook_id,
            event_id: event_id.to_owned(),
            event_type: event_type.to_owned(),
            outcome: DeliveryOutcome::of(attempt),
            attempted_at,
            status: attempt.status.map(i32::from),
            took_ms: i32::try_from(attempt.took.as_millis()).unwrap_or(i32::MAX),
            error: attempt.error.clone(),
        }
    }
}

/// Notes a delivery. The webhook must be held. `false`
/// where it was noted before, and only the answer to that was lost.
pub(super) async fn note(connection: &mut Connection, entry: Entry) -> QueryResult<bool> {
    let noted = diesel::insert_into(webhook_deliveries::table)
        .values(entry)
        .on_conflict(webhook_deliveries::delivery_id)
        .do_nothing()
        .execute(connection)
        .await?;
    Ok(noted > 0)
}

/// Takes away what is older than thirty days, of all webhooks.
pub(super) async fn prune_all(connection: &mut Connection) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM webhook_deliveries WHERE attempted_at < clock_timestamp() - interval '30 days'",
    )
    .execute(connection)
    .await
}

/// Takes away what is old: of a webhook the last thousand stay, for thirty days.
pub(super) async fn prune(connection: &mut Connection, webhook_id: Uuid) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM webhook_deliveries
          WHERE webhook_id = $1
            AND (attempted_at < clock_timestamp() - interval '30 days'
                 OR delivery_id <= (SELECT delivery_id FROM webhook_deliveries
                                     WHERE webhook_id = $1 ORDER BY delivery_id DESC OFFSET 1000 LIMIT 1))",
    )
    .bind::<SqlUuid, _>(webhook_id)
    .execute(connection)
    .await
}
