//! The record of changes as it goes on: a place in it, where it ends, and being
//! told when something was committed.
//!
//! One connection of the instance's listens (`LISTEN malbild_changes`, which
//! every commit of a change notifies). Whoever waits for a change waits for this
//! and holds no connection of his own.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client};

use super::Target;

/// How long to wait before the database is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// The longest between two looks. A notification brings the next one forward;
/// where none comes through (behind a pooler of transactions), this is how late
/// a change is told.
const BETWEEN: Duration = Duration::from_secs(5);
/// How long a look may take.
const LOOK: Duration = Duration::from_secs(5);

/// A place in the record: after this entry of this change set.
///
/// It carries the first bytes of the change set's hash. After a restore the
/// record goes on otherwise from where the backup was made; a place beyond that
/// has a hash that is not there any more, and is known not to be of this record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The change set's position; 0 before the first.
    pub position: i64,
    /// The entry; the greatest number for the end of the change set.
    pub entry: i64,
    mark: [u8; 8],
}

impl Place {
    /// Before everything.
    pub const START: Self = Self {
        position: 0,
        entry: 0,
        mark: [0; 8],
    };

    /// After this entry of the change set at `position` with this hash.
    pub fn new(position: i64, entry: i64, hash: &[u8]) -> Self {
        let mut mark = [0; 8];
        mark.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
        Self {
            position,
            entry,
            mark,
        }
    }

    /// After the whole change set at `position`.
    pub fn after_all_of(position: i64, hash: &[u8]) -> Self {
        if position == 0 {
            return Self::START;
        }
        Self::new(position, i64::MAX, hash)
    }

    /// Whether a change set at this position with this hash is the one meant.
    pub fn is_of(&self, hash: &[u8]) -> bool {
        hash.starts_with(&self.mark)
    }

    /// The place as a cursor: opaque to clients.
    pub fn encode(&self) -> String {
        let numbers = [self.position.to_be_bytes(), self.entry.to_be_bytes()];
        BASE64URL_NOPAD.encode(&[&[VERSION], numbers.as_flattened(), &self.mark].concat())
    }

    /// Reads a cursor; `None` for what is none.
    pub fn decode(raw: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(raw.as_bytes()).ok()?;
        let [VERSION, numbers @ ..] = bytes.as_slice() else {
            return None;
        };
        let (position, rest) = numbers.split_first_chunk::<8>()?;
        let (entry, mark) = rest.split_first_chunk::<8>()?;
        let place = Self {
            position: i64::from_be_bytes(*position),
            entry: i64::from_be_bytes(*entry),
            mark: mark.try_into().ok()?,
        };
        (place.position >= 0 && place.entry >= 0).then_some(place)
    }
}

/// What the first byte of a cursor is, so that its form can change one day.
const VERSION: u8 = 1;

/// Where the record ends, of all resources and of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// After the last change set.
    pub place: Place,
    of: BTreeMap<String, i64>,
    /// No resource's last change can be later than this unless `of` has it.
    floor: i64,
}

impl End {
    /// A position up to which the last change of these resources is. It may be
    /// later than that change, and is never earlier.
    pub fn of(&self, resources: &[&str]) -> i64 {
        let known = |resource: &&str| self.of.get(*resource).copied();
        let known = resources.iter().filter_map(known).max();
        known.unwrap_or(0).max(self.floor)
    }
}

/// The record's end, followed.
#[derive(Clone, Debug)]
pub struct Following {
    ends: watch::Receiver<Option<Arc<End>>>,
    waiting: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Following {
    /// Follows the record of the database at `target` until told to stop. Needs
    /// a tokio runtime.
    pub fn start(target: Arc<Target>) -> Self {
        let (told, ends) = watch::channel(None);
        let task = tokio::spawn(async move {
            loop {
                if let Err(error) = follow(&target, &told).await {
                    tracing::debug!(error, "the record is not followed right now");
                }
                sleep(AGAIN).await;
            }
        });
        Self {
            ends,
            waiting: Arc::default(),
            task: task.abort_handle(),
        }
    }

    /// Where the record ends, as far as is known: everything up to there can be
    /// seen by whoever reads now. `None` until the database has been reached.
    pub fn end(&self) -> Option<Arc<End>> {
        self.ends.borrow().clone()
    }

    /// Waits until these resources may have changed after `position`; whether
    /// they have. It has not when the following is stopped.
    pub async fn beyond(&self, position: i64, resources: &[&str]) -> bool {
        let _waits = Waits::begin(&self.waiting);
        self.later(position, resources).await
    }

    /// The same for what belongs to the service itself and is not counted.
    pub async fn later(&self, position: i64, resources: &[&str]) -> bool {
        let later = |end: &Option<Arc<End>>| {
            let end = end.as_ref();
            end.is_some_and(|end| end.of(resources) > position)
        };
        self.ends.clone().wait_for(later).await.is_ok()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Stops; whoever waits, waits no longer.
    pub fn stop(&self) {
        self.task.abort();
    }
}

/// One who waits, counted until he is answered or has gone.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn begin(all: &'a AtomicUsize) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        Self(all)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Connects, listens and tells, until something fails.
async fn follow(target: &Target, told: &watch::Sender<Option<Arc<End>>>) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let (client, mut connection) = target.connect().await.map_err(|error| failed(&error))?;
    let (notified, mut notices) = mpsc::channel(1);
    // It ends when the client is dropped.
    tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            match message {
                // One that waits already stands for this one, too.
                Ok(AsyncMessage::Notification(_)) => drop(notified.try_send(())),
                Ok(_) => {}
                Err(_) => break,
            }
        }
    });
    let listen = timeout(LOOK, client.batch_execute("LISTEN malbild_changes")).await;
    listen
        .map_err(|error| failed(&error))?
        .map_err(|error| failed(&error))?;
    // What has changed while nobody listened is not known.
    let mut floor = None;
    loop {
        let known = told.borrow().clone();
        let end = timeout(LOOK, look(&client, known.as_deref(), floor)).await;
        let end = end
            .map_err(|error| failed(&error))?
            .map_err(|error| failed(&error))?;
        floor = Some(end.floor);
        told.send_if_modified(|last| {
            let changed = last.as_deref() != Some(&end);
            *last = Some(Arc::new(end));
            changed
        });
        if let Ok(None) = timeout(BETWEEN, notices.recv()).await {
            return Err("the connection ended".to_owned());
        }
    }
}

/// Where the record ends now, and which resources have changed since `known`.
async fn look(
    client: &Client,
    known: Option<&End>,
    floor: Option<i64>,
) -> Result<End, tokio_postgres::Error> {
    let since = known.map_or(0, |end| end.place.position);
    let query = "SELECT commit_position, hash, ARRAY(
                     SELECT DISTINCT unnest(resources) FROM change_sets c
                      WHERE $2 AND c.commit_position > $1 AND c.commit_position <= h.commit_position)
                   FROM record_head h";
    let row = client.query_one(query, &[&since, &floor.is_some()]).await?;
    let position: i64 = row.get(0);
    let changed: Vec<String> = row.get(2);
    let mut of = known
        .filter(|_| floor.is_some())
        .map(|end| end.of.clone())
        .unwrap_or_default();
    of.extend(changed.into_iter().map(|resource| (resource, position)));
    Ok(End {
        place: Place::after_all_of(position, row.get(1)),
        of,
        floor: floor.unwrap_or(position),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_the_place_it_was() {
        let place = Place::new(7, 12, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(Place::decode(&place.encode()), Some(place));
        assert!(place.is_of(&[1, 2, 3, 4, 5, 6, 7, 8, 200]));
        assert!(!place.is_of(&[1, 2, 3, 4, 5, 6, 7, 9, 9]));
        for wrong in ["", "a", "AAAA", "AQ", &place.encode()[1..], "ä"] {
            assert_eq!(Place::decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_end_of_a_resource_is_never_told_too_early() {
        let end = End {
            place: Place::new(9, i64::MAX, &[]),
            of: BTreeMap::from([("goals".to_owned(), 8)]),
            floor: 5,
        };
        assert_eq!(end.of(&["goals", "values"]), 8);
        assert_eq!(end.of(&["values"]), 5);
    }
}
