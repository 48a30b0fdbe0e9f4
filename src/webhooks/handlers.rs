//! The operations on webhooks.

use std::sync::Arc;

use actix_web::HttpResponse;
use uuid::Uuid;

use super::secrets::{self, Secret};
use super::store::{self, find, insert, lock, replace};
use super::{LIST, NewWebhook, Webhook, WebhookContent, WebhookPage, WebhookRow, actions, events};
use crate::auth::change::{Change, Removal};
use crate::auth::reader::Insider;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure};
use crate::http::answer::Answer;
use crate::http::body::JsonBody;
use crate::http::call::{Call, private};
use crate::http::fields::Fields;
use crate::http::links::Root;
use crate::http::list::ListRequest;
use crate::http::members::Faults;
use crate::http::routes::Operation;
use crate::http::text;
use crate::operation;
use crate::outgoing::{Keyring, Reach};
use crate::problem::{Code, Problem};
use crate::resources::{Outcome, Saved};

/// All webhooks, by key.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", responses((status = 200, description = "The webhooks", body = WebhookPage)))]
pub(super) async fn list_webhooks(_: Insider, call: Call) -> Result<HttpResponse, Problem> {
    let mut request = ListRequest::read_now(&call, &LIST)?;
    if let Some(active) = request.query.one("active", |word| word.parse().ok())? {
        request.filter(Statement::is("active", SqlValue::Boolean(active)));
    }
    request.answer(&call, WebhookRow::listed).await.map(private)
}

/// One webhook. Its secret does not show.
#[utoipa::path(get, path = "/webhooks/{webhookId}", tag = "webhooks", responses((status = 200, description = "The webhook", body = Webhook)))]
pub(super) async fn get_webhook(_: Insider, call: Call) -> Result<HttpResponse, Problem> {
    let query = call.query(&["fields"])?;
    let fields = Fields::read(&query, &LIST.field_names())?;
    let id = key(&call)?;
    let work = call
        .service
        .database
        .read(move |connection| Box::pin(async move { Ok(find(connection, id).await?) }));
    let row = work.await?.ok_or_else(missing)?;
    let tag = row.tag();
    call.one(&row.shown(call.root(), None), &tag, &fields)
        .map(private)
}

/// Creates a webhook with a key that the service makes (a UUIDv7), and shows its secret.
///
/// It is told of what is changed from now on. The `secret` that deliveries are
/// signed with stands in this answer and in no other.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = WebhookContent,
    responses((status = 201, description = "Created; with its secret, this once", body = NewWebhook)))]
pub(super) async fn post_webhook(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    put(Uuid::now_v7(), change, &call).await
}

/// Creates or replaces a webhook. A client may choose the key: any UUID.
///
/// A webhook that is created is told of what is changed from now on, and its
/// `secret` stands in the answer, this once. Replacing one keeps its secret and
/// its place in the feed.
#[utoipa::path(put, path = "/webhooks/{webhookId}", tag = "webhooks", request_body = WebhookContent,
    responses((status = 200, description = "Replaced, or already so", body = Webhook), (status = 201, description = "Created; with its secret, this once", body = NewWebhook)))]
pub(super) async fn put_webhook(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    put(key(&call)?, change, &call).await
}

/// Changes members of a webhook. `{"active": true}` wakes one that was paused: it goes on from where it stopped.
#[utoipa::path(patch, path = "/webhooks/{webhookId}", tag = "webhooks", request_body = WebhookContent,
    responses((status = 200, description = "Changed, or already so", body = Webhook)))]
pub(super) async fn patch_webhook(change: Change, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    let terms = Terms::of(&call);
    call.write(
        change.actor(),
        move |connection| Box::pin(patched(connection, id, change, terms)),
        |root, saved| answer(root, saved, None),
    )
    .await
}

/// Deletes a webhook with its secret and its log. A delivery under way may still arrive.
#[utoipa::path(delete, path = "/webhooks/{webhookId}", tag = "webhooks", responses((status = 204, description = "Deleted")))]
pub(super) async fn delete_webhook(removal: Removal, call: Call) -> Result<HttpResponse, Problem> {
    let id = key(&call)?;
    call.write(
        removal.actor(),
        move |connection| {
            Box::pin(async move {
                removal.writer.may_administer("webhooks")?;
                let current = lock(connection, id).await?.ok_or_else(missing)?;
                removal.conditions.check(Some(&current.tag()))?;
                store::delete(connection, id).await?;
                Ok(())
            })
        },
        |_, ()| Ok(Answer::gone()),
    )
    .await
}

pub(super) fn key(call: &Call) -> Result<Uuid, Problem> {
    call.key("webhookId", "webhook", text::uuid)
}

pub(super) fn missing() -> Problem {
    Problem::not_found("webhook")
}

/// What a content is held to, and what seals its secret.
struct Terms {
    reach: Reach,
    keyring: Arc<Keyring>,
}

impl Terms {
    fn of(call: &Call) -> Self {
        let outgoing = &call.service.outgoing;
        Self {
            reach: outgoing.courier.reach(),
            keyring: Arc::clone(&outgoing.keyring),
        }
    }

    fn read(
        &self,
        body: JsonBody,
        current: Option<&WebhookRow>,
    ) -> Result<WebhookContent, Problem> {
        let mut faults = Faults::default();
        let known = current.map(|row| row.content.url.as_str());
        let content = body.read(&["webhookId"], &mut faults, |members| {
            WebhookContent::read(members, self.reach, known)
        });
        faults.check()?;
        Ok(content)
    }
}

async fn put(id: Uuid, change: Change, call: &Call) -> Result<HttpResponse, Problem> {
    let terms = Terms::of(call);
    call.write(
        change.actor(),
        move |connection| Box::pin(written(connection, id, change, terms)),
        |root, (saved, secret)| answer(root, saved, secret),
    )
    .await
}

/// The answer to a write; with the secret where one was made.
fn answer(
    root: &Root,
    saved: Saved<WebhookRow>,
    secret: Option<Secret>,
) -> Result<Answer, Problem> {
    let (tag, id) = (saved.row.tag(), saved.row.webhook_id);
    let shown = saved.row.shown(root, None);
    let location = format!("{root}/webhooks/{id}");
    match secret {
        None => Answer::saved(&shown, &tag, false, &location),
        Some(secret) => {
            let shown = shown.with_secret(secret.reveal());
            Ok(Answer::saved(&shown, &tag, true, &location)?.with_a_secret())
        }
    }
}

/// The webhook as the write left it, with its secret if it is new.
async fn written(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
    terms: Terms,
) -> Result<(Saved<WebhookRow>, Option<Secret>), Failure> {
    change.writer.may_administer("webhooks")?;
    loop {
        let current = lock(connection, id).await?;
        change
            .conditions
            .check(current.as_ref().map(WebhookRow::tag).as_deref())?;
        if current.is_none() {
            secrets::check_key(&terms.keyring)?;
        }
        let content = terms.read(change.body.clone(), current.as_ref())?;
        match current {
            Some(current) => return Ok((replace(connection, current, content).await?, None)),
            None => {
                if let Some(row) = insert(connection, id, &content).await? {
                    let secret = Secret::make()?;
                    secrets::keep(connection, &terms.keyring, id, &secret).await?;
                    return Ok((Saved::new(row, Outcome::Created), Some(secret)));
                }
            }
        }
    }
}

async fn patched(
    connection: &mut Connection,
    id: Uuid,
    change: Change,
    terms: Terms,
) -> Result<Saved<WebhookRow>, Failure> {
    change.writer.may_administer("webhooks")?;
    let current = lock(connection, id).await?.ok_or_else(missing)?;
    change.conditions.check(Some(&current.tag()))?;
    let body = change.body.merged_into(&current.content)?;
    let content = terms.read(body, Some(&current))?;
    replace(connection, current, content).await
}

/// The operations of this resource.
pub fn operations() -> Vec<Operation> {
    let mut operations = vec![
        operation!(list_webhooks, __path_list_webhooks)
            .listing(&LIST)
            .restricted(),
        operation!(get_webhook, __path_get_webhook)
            .selecting(&LIST)
            .restricted(),
        operation!(post_webhook, __path_post_webhook).refusing(&[Code::WebhooksNotSetUp]),
        operation!(put_webhook, __path_put_webhook).refusing(&[Code::WebhooksNotSetUp]),
        operation!(patch_webhook, __path_patch_webhook),
        operation!(delete_webhook, __path_delete_webhook),
    ];
    operations.extend(actions::operations());
    operations.push(events::told());
    operations
}
