//! One webhook's turn: its events, one after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::super::events::{self, Event};
use super::super::states::{Lease, Standing};
use super::super::{Watched, deliveries, secrets};
use super::{Delivering, actor};
use crate::clock;
use crate::database::record::Place;
use crate::outgoing::Attempt;
use crate::problem::Problem;

/// How many events are read at once.
const READ: i64 = 100;

/// A webhook's turn.
pub(super) struct Turn {
    all: Arc<Delivering>,
    lease: Lease,
    /// Events that come next.
    ahead: VecDeque<Event>,
    /// Whether anything was sent.
    sent: bool,
    /// When a delivery that was cut would have been over at the latest.
    cut_until: Option<Instant>,
    /// What they were read for: after which place, of which resources.
    read_for: Option<(Place, Vec<Watched>)>,
}

/// What is needed for a delivery.
struct Renewed {
    /// The end of the feed, from before the rest was read.
    head: Place,
    standing: Standing,
    /// The secrets that sign.
    sealed: Vec<Vec<u8>>,
}

/// Whether the turn goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    GoOn,
    End,
}

impl Turn {
    pub(super) fn new(all: Arc<Delivering>, lease: Lease) -> Self {
        Self {
            all,
            lease,
            ahead: VecDeque::new(),
            sent: false,
            cut_until: None,
            read_for: None,
        }
    }

    /// Delivers until there is nothing more, something fails, or others should
    /// have their turn.
    pub(super) async fn run(mut self) {
        let begun = Instant::now();
        loop {
            let over = begun.elapsed() >= self.all.service.outgoing.times.turn;
            if over || self.all.stop.soon.is_cancelled() {
                break;
            }
            if self.step().await == Next::End {
                break;
            }
        }
        self.tidy().await;
    }

    /// Delivers one event.
    async fn step(&mut self) -> Next {
        let begun = Instant::now();
        let Some(renewed) = self.renew(begun).await else {
            return Next::End;
        };
        let Renewed {
            head,
            standing,
            sealed,
        } = renewed;
        if !standing.active {
            return Next::End;
        }
        let event = match self.next(head, &standing).await {
            Ok(Some(event)) => event,
            Ok(None) => return Next::End,
            Err(_) => {
                self.all.wait_after_a_fault().await;
                return Next::End;
            }
        };
        let times = self.all.service.outgoing.times;
        if begun.elapsed() + times.answer >= times.lease {
            // The database was so slow that the lease might end under way.
            return Next::GoOn;
        }
        self.sent = true;
        let attempted_at = clock::now();
        let latest = Instant::now() + times.answer;
        let sending = self.send(&standing, &event, &sealed);
        let attempt = tokio::select! {
            () = self.all.stop.now.cancelled() => None,
            attempt = sending => Some(attempt),
        };
        let Some(attempt) = attempt else {
            self.cut_until = Some(latest);
            return Next::End;
        };
        self.note(begun, &standing, &event, attempted_at, attempt)
            .await
    }

    /// Keeps the webhook for the next delivery, and reads all that is needed for
    /// it; `None` when it is gone or somebody else's.
    ///
    /// The end of the feed is read before the resources: a change up to there was
    /// committed when whoever makes it relevant later had not written yet.
    async fn renew(&self, begun: Instant) -> Option<Renewed> {
        let (lease, length) = (self.lease, self.all.service.outgoing.times.lease);
        let work = || {
            let database = &self.all.service.database;
            database.write(actor(), move |connection| {
                Box::pin(async move {
                    let head = events::head(connection).await?;
                    let Some(standing) = lease.renew(connection, length).await? else {
                        return Ok(None);
                    };
                    let sealed = secrets::sealed(connection, lease.webhook_id).await?;
                    Ok(Some(Renewed {
                        head,
                        standing,
                        sealed,
                    }))
                })
            })
        };
        let going_on = || begun.elapsed() < length && !self.all.stop.soon.is_cancelled();
        self.all.insist(going_on, work).await?
    }

    /// The event that comes next, up to `head`. Where there is none, that is noted,
    /// so that nobody looks through the same changes again.
    async fn next(&mut self, head: Place, standing: &Standing) -> Result<Option<Event>, Problem> {
        let wanted = (standing.place(), standing.resources.clone());
        let followed = self.read_for.as_ref() == Some(&wanted);
        if !followed || self.ahead.is_empty() {
            let (place, resources) = wanted.clone();
            let root = self.all.service.api_root.clone();
            let work = self.all.service.database.read(move |connection| {
                Box::pin(async move {
                    let wanted = (place, head);
                    Ok(events::between(connection, wanted, &resources, READ, &root).await?)
                })
            });
            let found = work.await?;
            if found.is_empty() {
                self.nothing_until(standing.place(), head).await?;
            }
            self.ahead = found.into();
        }
        let event = self.ahead.pop_front();
        // After it has arrived, the place is that of the event, with its own mark
        // left out as in the table.
        self.read_for = event.as_ref().map(|event| {
            let place = Place::new(event.place.position, event.place.entry, &[]);
            (place, wanted.1)
        });
        Ok(event)
    }

    async fn nothing_until(&self, from: Place, head: Place) -> Result<(), Problem> {
        if from.position > head.position {
            // A replay has gone further on since the head was read.
            return Ok(());
        }
        let lease = self.lease;
        let work = self.all.service.database.write(actor(), move |connection| {
            Box::pin(async move { Ok(lease.advance(connection, from, head).await?) })
        });
        work.await.map(drop)
    }

    async fn send(&self, standing: &Standing, event: &Event, sealed: &[Vec<u8>]) -> Attempt {
        let outgoing = &self.all.service.outgoing;
        match secrets::sign(
            &outgoing.keyring,
            self.lease.webhook_id,
            sealed,
            &event.id,
            &event.body,
        ) {
            Ok(message) => outgoing.courier.send(&standing.url, message).await,
            Err(error) => Attempt::failed(error),
        }
    }

    /// Notes what came of it. When it has arrived that is tried for as long as
    /// nobody else can have taken over, for else it would be delivered again.
    async fn note(
        &self,
        begun: Instant,
        standing: &Standing,
        event: &Event,
        attempted_at: DateTime<Utc>,
        attempt: Attempt,
    ) -> Next {
        let (lease, times) = (self.lease, self.all.service.outgoing.times);
        let webhook_id = lease.webhook_id;
        let log = deliveries::Entry::of(webhook_id, &event.id, &event.kind, attempted_at, &attempt);
        let next = if attempt.arrived() {
            Next::GoOn
        } else {
            tracing::info!(
                %webhook_id,
                event_id = event.id,
                status = attempt.status,
                error = attempt.error,
                "a delivery failed"
            );
            Next::End
        };
        let work = || {
            let (log, standing, attempt) = (log.clone(), standing.clone(), attempt.clone());
            let place = event.place;
            let database = &self.all.service.database;
            database.write(actor(), move |connection| {
                Box::pin(async move {
                    if attempt.arrived() {
                        lease
                            .arrived(connection, standing.place(), place, log)
                            .await
                    } else {
                        lease
                            .failed(connection, &standing, &attempt, times, log)
                            .await
                    }
                })
            })
        };
        let noted = self
            .all
            .insist(|| begun.elapsed() < times.lease, work)
            .await;
        if noted.is_some() { next } else { Next::End }
    }

    /// Gives the webhook back and takes away old deliveries. If the database
    /// cannot now, the lease ends by itself. While a receiver may still be at work
    /// on what was cut, nobody else gets the webhook.
    async fn tidy(self) {
        let (lease, sent, begun) = (self.lease, self.sent, Instant::now());
        let cut_until = self.cut_until;
        let work = || {
            let database = &self.all.service.database;
            database.write(actor(), move |connection| {
                Box::pin(async move {
                    if sent {
                        deliveries::prune(connection, lease.webhook_id).await?;
                    }
                    let left = cut_until.map_or(Duration::ZERO, |until| {
                        until.saturating_duration_since(Instant::now())
                    });
                    Ok(lease.release(connection, left).await?)
                })
            })
        };
        let going_on = || begun.elapsed() < self.all.service.outgoing.times.lease;
        self.all.insist(going_on, work).await;
    }
}
