//! How far each webhook has been told, and whose turn it is to tell it. All times
//! are the database's, which all instances share.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{Watched, deliveries, store};
use crate::database::record::Place;
use crate::database::schema::webhook_states;
use crate::database::{Connection, Failure};
use crate::outgoing::{Attempt, Times};

/// Begins at a place.
pub(super) async fn begin(
    connection: &mut Connection,
    webhook_id: Uuid,
    place: Place,
) -> QueryResult<usize> {
    diesel::insert_into(webhook_states::table)
        .values((
            webhook_states::webhook_id.eq(webhook_id),
            webhook_states::commit_position.eq(place.position),
            webhook_states::entry_id.eq(place.entry),
        ))
        .execute(connection)
        .await
}

/// Forgets the failures: the next attempt is at once.
pub(super) async fn forgive(connection: &mut Connection, webhook_id: Uuid) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE webhook_states SET failures = 0, failing_since = NULL, next_attempt_at = NULL
          WHERE webhook_id = $1",
    )
    .bind::<SqlUuid, _>(webhook_id)
    .execute(connection)
    .await
}

/// Goes on from another place, at once.
pub(super) async fn go_to(
    connection: &mut Connection,
    webhook_id: Uuid,
    place: Place,
) -> QueryResult<usize> {
    forgive(connection, webhook_id).await?;
    diesel::update(webhook_states::table.find(webhook_id))
        .set((
            webhook_states::commit_position.eq(place.position),
            webhook_states::entry_id.eq(place.entry),
        ))
        .execute(connection)
        .await
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = SqlUuid)]
    webhook_id: Uuid,
}

/// Active, and behind the end of the feed.
const BEHIND: &str = "w.active AND (s.commit_position < (SELECT commit_position FROM record_head)
     OR s.entry_id < 9223372036854775807)";

/// Takes up to `most` webhooks that have something to be told now and are
/// nobody's, for `length`: those that were served longest ago first. Whoever is
/// being changed by somebody else is left for the next time. What is due is looked
/// for once: again for each row that is joined, it would be others each time.
pub(super) async fn claim(
    connection: &mut Connection,
    lease: Uuid,
    length: Duration,
    most: usize,
) -> QueryResult<Vec<Uuid>> {
    let claimed: Vec<Claimed> = diesel::sql_query(format!(
        "WITH due AS MATERIALIZED (
             SELECT s.webhook_id FROM webhook_states s JOIN webhooks w USING (webhook_id)
              WHERE {BEHIND}
                AND coalesce(s.leased_until <= clock_timestamp(), true)
                AND coalesce(s.next_attempt_at <= clock_timestamp(), true)
              ORDER BY s.leased_until NULLS FIRST LIMIT $3
                FOR UPDATE OF s SKIP LOCKED)
         UPDATE webhook_states AS taken
            SET lease = $1, leased_until = clock_timestamp() + $2 * interval '1 second'
           FROM due
          WHERE taken.webhook_id = due.webhook_id
         RETURNING taken.webhook_id"
    ))
    .bind::<SqlUuid, _>(lease)
    .bind::<Double, _>(length.as_secs_f64())
    .bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX))
    .load(connection)
    .await?;
    Ok(claimed
        .into_iter()
        .map(|claimed| claimed.webhook_id)
        .collect())
}

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = Nullable<Double>)]
    seconds: Option<f64>,
}

/// How long it is until the next pause or somebody's lease ends.
pub(super) async fn wait(connection: &mut Connection) -> QueryResult<Option<Duration>> {
    let wait: Wait = diesel::sql_query(format!(
        "SELECT extract(epoch FROM min(greatest(s.next_attempt_at, s.leased_until)) - clock_timestamp())::float8 AS seconds
           FROM webhook_states s JOIN webhooks w USING (webhook_id)
          WHERE {BEHIND} AND greatest(s.next_attempt_at, s.leased_until) > clock_timestamp()"
    ))
    .get_result(connection)
    .await?;
    Ok(wait
        .seconds
        .map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, 3600.0))))
}

/// A webhook as it stands when something is about to be delivered.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
pub(super) struct Standing {
    #[diesel(sql_type = BigInt)]
    commit_position: i64,
    #[diesel(sql_type = BigInt)]
    entry_id: i64,
    /// How many attempts have failed in a row.
    #[diesel(sql_type = Integer)]
    pub(super) failures: i32,
    /// Where deliveries go.
    #[diesel(sql_type = Text)]
    pub(super) url: String,
    /// Of what.
    #[diesel(sql_type = diesel::sql_types::Array<Text>)]
    pub(super) resources: Vec<Watched>,
    /// Whether at all.
    #[diesel(sql_type = Bool)]
    pub(super) active: bool,
}

impl Standing {
    /// How far it has been told.
    pub(super) fn place(&self) -> Place {
        Place::new(self.commit_position, self.entry_id, &[])
    }
}

/// Whose a webhook is for the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    /// The webhook.
    pub(super) webhook_id: Uuid,
    /// Whoever took it.
    pub(super) id: Uuid,
}

impl Lease {
    /// Takes it for `length` more and looks how it stands; `None` when it is gone
    /// or somebody else's by now.
    pub(super) async fn renew(
        self,
        connection: &mut Connection,
        length: Duration,
    ) -> QueryResult<Option<Standing>> {
        diesel::sql_query(
            "WITH renewed AS (
                 UPDATE webhook_states SET leased_until = clock_timestamp() + $3 * interval '1 second'
                  WHERE webhook_id = $1 AND lease = $2 AND leased_until > clock_timestamp()
                 RETURNING *)
             SELECT r.commit_position, r.entry_id, r.failures, w.url, w.resources, w.active
               FROM renewed r JOIN webhooks w USING (webhook_id)",
        )
        .bind::<SqlUuid, _>(self.webhook_id)
        .bind::<SqlUuid, _>(self.id)
        .bind::<Double, _>(length.as_secs_f64())
        .get_result(connection)
        .await
        .optional()
    }

    /// Notes that everything up to `place` has been told, unless somebody has set
    /// another place since it stood at `from`.
    pub(super) async fn advance(
        self,
        connection: &mut Connection,
        from: Place,
        place: Place,
    ) -> QueryResult<usize> {
        diesel::sql_query(
            "UPDATE webhook_states
                SET commit_position = $5, entry_id = $6, failures = 0, failing_since = NULL, next_attempt_at = NULL
              WHERE webhook_id = $1 AND lease = $2 AND commit_position = $3 AND entry_id = $4",
        )
        .bind::<SqlUuid, _>(self.webhook_id)
        .bind::<SqlUuid, _>(self.id)
        .bind::<BigInt, _>(from.position)
        .bind::<BigInt, _>(from.entry)
        .bind::<BigInt, _>(place.position)
        .bind::<BigInt, _>(place.entry)
        .execute(connection)
        .await
    }

    /// Gives it back, for others to take after `pause`.
    pub(super) async fn release(
        self,
        connection: &mut Connection,
        pause: Duration,
    ) -> QueryResult<usize> {
        diesel::sql_query(
            "UPDATE webhook_states
                SET lease = NULL, leased_until = clock_timestamp() + $3 * interval '1 second'
              WHERE webhook_id = $1 AND lease = $2",
        )
        .bind::<SqlUuid, _>(self.webhook_id)
        .bind::<SqlUuid, _>(self.id)
        .bind::<Double, _>(pause.as_secs_f64())
        .execute(connection)
        .await
    }

    /// Notes that an event has arrived.
    pub(super) async fn arrived(
        self,
        connection: &mut Connection,
        from: Place,
        place: Place,
        log: deliveries::Entry,
    ) -> Result<(), Failure> {
        if store::hold(connection, self.webhook_id).await?
            && deliveries::note(connection, log).await?
        {
            self.advance(connection, from, place).await?;
        }
        Ok(())
    }

    /// Notes that an event has not arrived, gives the webhook back until the
    /// pause is over, and pauses it for good when it has failed for too long or
    /// says itself that it is gone.
    pub(super) async fn failed(
        self,
        connection: &mut Connection,
        standing: &Standing,
        attempt: &Attempt,
        times: Times,
        log: deliveries::Entry,
    ) -> Result<(), Failure> {
        let Some(row) = store::lock(connection, self.webhook_id).await? else {
            return Ok(());
        };
        if !deliveries::note(connection, log).await? {
            return Ok(());
        }
        let failures = u32::try_from(standing.failures).unwrap_or(0) + 1;
        let asked = attempt.retry_after.unwrap_or_default();
        let pause = times.pause(failures).max(asked.min(times.longest_pause));
        let given_up: Option<GivenUp> = diesel::sql_query(
            "UPDATE webhook_states
                SET failures = failures + 1, failing_since = coalesce(failing_since, clock_timestamp()),
                    next_attempt_at = least(clock_timestamp() + $5 * interval '1 second',
                                            coalesce(failing_since, clock_timestamp()) + $6 * interval '1 second')
              WHERE webhook_id = $1 AND lease = $2 AND commit_position = $3 AND entry_id = $4
             RETURNING failing_since + $6 * interval '1 second' <= clock_timestamp() AS given_up",
        )
        .bind::<SqlUuid, _>(self.webhook_id)
        .bind::<SqlUuid, _>(self.id)
        .bind::<BigInt, _>(standing.commit_position)
        .bind::<BigInt, _>(standing.entry_id)
        .bind::<Double, _>(pause.as_secs_f64())
        .bind::<Double, _>(times.give_up.as_secs_f64())
        .get_result(connection)
        .await
        .optional()?;
        // An address that was changed meanwhile has not failed.
        let same = row.content.url == standing.url;
        let gone = attempt.status == Some(410);
        if same && given_up.is_some_and(|found| found.given_up || gone) {
            let last = attempt.error.as_deref().unwrap_or_default();
            let reason = if gone {
                "the receiver answered 410 (Gone)".to_owned()
            } else {
                let hours = times.give_up.as_secs_f64() / 3600.0;
                format!("deliveries failed for {hours:.0} hours; the last time: {last}")
            };
            store::pause(connection, self.webhook_id, &reason).await?;
            tracing::warn!(webhook_id = %self.webhook_id, reason, "a webhook is paused");
        } else if !same {
            forgive(connection, self.webhook_id).await?;
        }
        self.release(connection, Duration::ZERO).await?;
        Ok(())
    }
}

#[derive(QueryableByName)]
struct GivenUp {
    #[diesel(sql_type = Bool)]
    given_up: bool,
}
