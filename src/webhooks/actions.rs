//! What can be done with a webhook besides changing it: a new secret, a test, a
//! replay, and looking at its deliveries.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::deliveries::{self, DeliveryOutcome, DeliveryPage, DeliveryRow};
use super::handlers::{key, missing};
use super::secrets::{self, Secret};
use super::{states, store};
use crate::auth::change::{Change, Removal};
use crate::auth::reader::Insider;
use crate::changes;
use crate::clock;
use crate::database::record::Place;
use crate::database::statement::SqlValue;
use crate::database::text_enum::Choice;
use crate::http::answer::Answer;
use crate::http::call::{Call, private};
use crate::http::list::ListRequest;
use crate::http::members::{Faults, Members};
use crate::http::routes::Operation;
use crate::operation;
use crate::outgoing::Attempt;
use crate::problem::{Code, Problem};

/// A webhook's new secret.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=", "previousValidUntil": "2024-05-24T08:30:00Z"
}))]
pub struct WebhookSecret {
    /// What deliveries are signed with from now on: `whsec_` and 32 random bytes
    /// in base64. Keep it: the service shows it this once.
    pub secret: String,
    /// Until when each delivery carries a signature of the previous secret, too.
    #[schema(example = "2024-05-24T08:30:00Z")]
    pub previous_valid_until: DateTime<Utc>,
}

/// What came of a test delivery.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"eventId": "test_01941f2a-0c00-7f21-8a4c-3e5a7b9d1f77", "outcome": "delivered", "status": 204, "tookMs": 83, "error": null}))]
pub struct WebhookTest {
    /// What was sent as `webhook-id`.
    pub event_id: String,
    /// What came of it.
    pub outcome: DeliveryOutcome,
    /// The status of the answer; null where none came.
    #[schema(required)]
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0)]
    pub took_ms: u64,
    /// Why it did not arrive, for people; null where it did.
    #[schema(required)]
    pub error: Option<String>,
}

/// From where a webhook is to be told again.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"after": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}))]
pub struct ReplayContent {
    /// The place in the feed: `cursor` of a change, or a `Changes-Cursor`; the
    /// example is that of the very beginning. What was committed after it is
    /// delivered, again or for the first time.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    )]
    pub after: String,
}

/// From where a webhook goes on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"after": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}))]
pub struct Replay {
    /// The place after which everything is delivered.
    pub after: String,
}

/// Makes a new secret for a webhook, and shows it.
///
/// The answer is the only one that has it. For 24 hours each delivery is signed
/// with the previous secret, too, so that the receiver can change over without
/// losing any. A secret that was replaced before that signs no more: to be rid
/// of one at once, make a new one twice.
#[utoipa::path(post, path = "/webhooks/{webhookId}/secret", tag = "webhooks",
    responses((status = 200, description = "The new secret, this once", body = WebhookSecret)))]
pub(super) async fn post_webhook_secret(
    order: Removal,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    let (keyring, times) = (
        Arc::clone(&call.service.outgoing.keyring),
        call.service.outgoing.times,
    );
    let work = call.write(
        order.actor(),
        move |connection| {
            Box::pin(async move {
                order.writer.may_administer("webhooks")?;
                store::lock(connection, id).await?.ok_or_else(missing)?;
                secrets::check_key(&keyring)?;
                let secret = Secret::make()?;
                let until =
                    secrets::rotate(connection, &keyring, id, &secret, times.overlap).await?;
                states::forgive(connection, id).await?;
                Ok((secret, until))
            })
        },
        |_, (secret, previous_valid_until)| {
            let shown = WebhookSecret {
                secret: secret.reveal(),
                previous_valid_until,
            };
            Ok(Answer::done(&shown)?.with_a_secret())
        },
    );
    let answer = work.await?;
    call.service.outgoing.wake.notify_one();
    Ok(answer)
}

/// Sends a test delivery at once, and tells what came of it.
///
/// It has the type `webhook.test` and is sent whether the webhook is active or
/// not. It does not count as a failure, and does not change what is delivered.
#[utoipa::path(post, path = "/webhooks/{webhookId}/test", tag = "webhooks",
    responses((status = 200, description = "What came of it", body = WebhookTest)))]
pub(super) async fn post_webhook_test(order: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    order.writer.may_administer("webhooks")?;
    // A test that was sent is not sent again; two with one key at the same time
    // may both be, for nothing is held while the receiver takes its time.
    if let Some(answer) = call.earlier(&order.actor()).await? {
        return Ok(answer);
    }
    let (database, outgoing) = (&call.service.database, &call.service.outgoing);
    let found = database.read(move |connection| {
        Box::pin(async move {
            let row = store::find(connection, id).await?.ok_or_else(missing)?;
            Ok((row, secrets::sealed(connection, id).await?))
        })
    });
    let (row, sealed) = found.await?;
    secrets::check_key(&outgoing.keyring)?;
    let (event_id, sent_at) = (format!("test_{}", Uuid::now_v7()), clock::now());
    let body = json!({
        "type": TEST,
        "timestamp": sent_at,
        "data": {"webhookId": id, "href": format!("{}/webhooks/{id}", call.root())},
    });
    let attempt = match secrets::sign(&outgoing.keyring, id, &sealed, &event_id, &body) {
        Ok(message) => outgoing.courier.send(&row.content.url, message).await,
        Err(error) => Attempt::failed(error),
    };
    let log = deliveries::Entry::of(id, &event_id, TEST, sent_at, &attempt);
    let shown = WebhookTest {
        event_id,
        outcome: DeliveryOutcome::of(&attempt),
        status: attempt.status,
        took_ms: u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
        error: attempt.error,
    };
    call.write(
        order.actor(),
        move |connection| {
            Box::pin(async move {
                if store::hold(connection, id).await? {
                    deliveries::note(connection, log).await?;
                    deliveries::prune(connection, id).await?;
                }
                Ok(())
            })
        },
        move |_, ()| Answer::done(&shown),
    )
    .await
}

/// What a test delivery is.
const TEST: &str = "webhook.test";

/// Delivers again what was committed after a place in the feed.
///
/// From there everything is delivered in the feed's order, with the same
/// `webhook-id` as the first time, and on to what is new. It works forwards, too:
/// what lies between is passed over.
#[utoipa::path(post, path = "/webhooks/{webhookId}/replays", tag = "webhooks", request_body = ReplayContent,
    responses((status = 202, description = "Begun", body = Replay)))]
pub(super) async fn post_webhook_replay(
    change: Change,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    let (actor, body, writer) = (change.actor(), change.body, change.writer);
    let work = call.write(
        actor,
        move |connection| {
            Box::pin(async move {
                writer.may_administer("webhooks")?;
                if !store::hold(connection, id).await? {
                    return Err(missing().into());
                }
                let mut faults = Faults::default();
                let after = body.read(&[], &mut faults, read_after);
                faults.check()?;
                changes::hold_to(connection, after).await?;
                states::go_to(connection, id, after).await?;
                Ok(after.encode())
            })
        },
        |_, after| Answer::json(StatusCode::ACCEPTED, &Replay { after }),
    );
    let answer = work.await?;
    call.service.outgoing.wake.notify_one();
    Ok(answer)
}

fn read_after(members: &mut Members<'_>) -> Place {
    let raw = members.required_text("after", 200);
    if members.faulty("after") {
        return Place::START;
    }
    Place::decode(&raw).unwrap_or_else(|| {
        members.fault(
            "after",
            "unknownReference",
            "after must be a cursor of the feed",
        );
        Place::START
    })
}

/// The deliveries of a webhook, the newest first: every attempt, the last thousand, for thirty days.
#[utoipa::path(get, path = "/webhooks/{webhookId}/deliveries", tag = "webhooks", responses((status = 200, description = "The deliveries", body = DeliveryPage)))]
pub(super) async fn list_webhook_deliveries(
    _: Insider,
    call: Call,
) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    let mut request = ListRequest::read_now(&call, &deliveries::LIST)?;
    request.within("webhookId", SqlValue::Uuid(id))?;
    request.filter_words("outcome", DeliveryOutcome::from_word, |outcome| {
        outcome.word().to_owned()
    })?;
    let answer = request.answer_under(&call, DeliveryRow::shown, "webhook", move |connection| {
        Box::pin(async move { Ok(store::find(connection, id).await?.is_some()) })
    });
    answer.await.map(private)
}

/// The operations on one webhook.
pub(super) fn operations() -> Vec<Operation> {
    const NOT_SET_UP: &[Code] = &[Code::WebhooksNotSetUp];
    vec![
        operation!(post_webhook_secret, __path_post_webhook_secret).refusing(NOT_SET_UP),
        operation!(post_webhook_test, __path_post_webhook_test).refusing(NOT_SET_UP),
        operation!(post_webhook_replay, __path_post_webhook_replay).refusing(&[Code::CursorGone]),
        operation!(list_webhook_deliveries, __path_list_webhook_deliveries)
            .listing(&deliveries::LIST)
            .restricted(),
    ]
}
