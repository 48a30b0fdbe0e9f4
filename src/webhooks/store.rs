//! The SQL of webhooks.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{WebhookContent, WebhookRow, events, states};
use crate::database::schema::webhooks;
use crate::database::{Connection, Failure};
use crate::resources::{Outcome, Saved};

/// The webhook with this key.
pub(super) async fn find(connection: &mut Connection, id: Uuid) -> QueryResult<Option<WebhookRow>> {
    webhooks::table
        .find(id)
        .select(WebhookRow::as_select())
        .first(connection)
        .await
        .optional()
}

/// The webhook with this key, held for a change until the transaction ends.
pub(super) async fn lock(connection: &mut Connection, id: Uuid) -> QueryResult<Option<WebhookRow>> {
    webhooks::table
        .find(id)
        .select(WebhookRow::as_select())
        .for_no_key_update()
        .first(connection)
        .await
        .optional()
}

/// Whether it is there; if so it stays until the transaction ends. Whoever
/// changes what belongs to a webhook holds it first, so that nobody waits in a
/// circle with a deletion.
pub(super) async fn hold(connection: &mut Connection, id: Uuid) -> QueryResult<bool> {
    let found: Option<Uuid> = webhooks::table
        .find(id)
        .select(webhooks::webhook_id)
        .for_key_share()
        .first(connection)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Makes a webhook that is told of what is changed from now on; `None` when the
/// key was taken in the meantime.
pub(super) async fn insert(
    connection: &mut Connection,
    id: Uuid,
    content: &WebhookContent,
) -> Result<Option<WebhookRow>, Failure> {
    let row = diesel::insert_into(webhooks::table)
        .values((webhooks::webhook_id.eq(id), content))
        .on_conflict(webhooks::webhook_id)
        .do_nothing()
        .returning(WebhookRow::as_returning())
        .get_result(connection)
        .await
        .optional()?;
    if row.is_some() {
        let place = events::head(connection).await?;
        states::begin(connection, id, place).await?;
    }
    Ok(row)
}

/// Writes `content` over a webhook, if it is not so already. What was paused goes
/// on when it is made active; a new address is tried at once.
pub(super) async fn replace(
    connection: &mut Connection,
    current: WebhookRow,
    content: WebhookContent,
) -> Result<Saved<WebhookRow>, Failure> {
    if current.content == content {
        return Ok(Saved::new(current, Outcome::Unchanged));
    }
    let id = current.webhook_id;
    let begins = content.active && !current.content.active;
    let moved = content.url != current.content.url;
    let target = webhooks::table.find(id);
    let row = if content.active {
        let nobody = (
            webhooks::paused_at.eq(None::<chrono::DateTime<chrono::Utc>>),
            webhooks::paused_reason.eq(None::<String>),
        );
        diesel::update(target)
            .set((content, nobody))
            .returning(WebhookRow::as_returning())
            .get_result(connection)
            .await?
    } else {
        diesel::update(target)
            .set(content)
            .returning(WebhookRow::as_returning())
            .get_result(connection)
            .await?
    };
    if begins || moved {
        states::forgive(connection, id).await?;
    }
    Ok(Saved::new(row, Outcome::Updated))
}

/// Notes that the service itself stops delivering.
pub(super) async fn pause(
    connection: &mut Connection,
    id: Uuid,
    reason: &str,
) -> QueryResult<usize> {
    diesel::update(webhooks::table.find(id).filter(webhooks::active))
        .set((
            webhooks::active.eq(false),
            webhooks::paused_at.eq(crate::clock::now()),
            webhooks::paused_reason.eq(reason),
        ))
        .execute(connection)
        .await
}

/// Deletes a webhook with all that belongs to it.
pub(super) async fn delete(connection: &mut Connection, id: Uuid) -> QueryResult<usize> {
    diesel::delete(webhooks::table.find(id))
        .execute(connection)
        .await
}
