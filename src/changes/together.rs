//! What many wait for is read once: when something is committed, all who waited
//! at the same place wake at the same time and want the same.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::Entry;
use crate::database::record::Place;
use crate::problem::Problem;

/// What a reader wants, and up to where he knows that the record goes. Whoever
/// wants the same may have an answer that was begun with that knowledge.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// After which place.
    pub place: Place,
    /// Of which resources.
    pub resources: Vec<&'static str>,
    /// How many entries at the most.
    pub limit: i64,
    /// The position that the reader has been told of.
    pub told: i64,
}

type Entries = Result<Arc<Vec<Entry>>, Problem>;
type Reading = Shared<BoxFuture<'static, Entries>>;

/// The readings under way.
#[derive(Debug, Default)]
pub struct Together {
    under_way: Mutex<HashMap<Wanted, Reading>>,
}

impl Together {
    /// The answer of the reading that is under way for this, or of `read`.
    pub async fn read<F>(&self, wanted: Wanted, read: impl FnOnce() -> F) -> Entries
    where
        F: Future<Output = Result<Vec<Entry>, Problem>> + Send + 'static,
    {
        let reading = {
            let mut under_way = self.lock();
            // What nobody waits for any more is forgotten when the record goes on.
            under_way.retain(|other, _| other.told >= wanted.told);
            let begin = || read().map(|read| read.map(Arc::new)).boxed().shared();
            under_way
                .entry(wanted.clone())
                .or_insert_with(begin)
                .clone()
        };
        let entries = reading.clone().await;
        let mut under_way = self.lock();
        if under_way
            .get(&wanted)
            .is_some_and(|other| other.ptr_eq(&reading))
        {
            under_way.remove(&wanted);
        }
        entries
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Wanted, Reading>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn those_who_want_the_same_at_once_share_one_reading() {
        let (together, read) = (Together::default(), Arc::new(AtomicUsize::new(0)));
        let wanted = |limit| Wanted {
            place: Place::START,
            resources: vec!["goals"],
            limit,
            told: 7,
        };
        let (open, opened) = tokio::sync::watch::channel(false);
        let ask = |limit| {
            let (read, mut opened) = (Arc::clone(&read), opened.clone());
            together.read(wanted(limit), move || async move {
                read.fetch_add(1, Ordering::SeqCst);
                let _ = opened.wait_for(|open| *open).await;
                Ok(Vec::new())
            })
        };
        let mut asked: Vec<_> = (0..1000).map(|number| ask(number % 2).boxed()).collect();
        for ask in &mut asked {
            assert!(ask.now_or_never().is_none());
        }
        open.send_replace(true);
        for answer in join_all(asked).await {
            assert!(answer.is_ok_and(|entries| entries.is_empty()));
        }
        assert_eq!(read.load(Ordering::SeqCst), 2);
        assert!(together.lock().is_empty());
    }

    #[tokio::test]
    async fn a_reading_that_nobody_waits_for_any_more_is_forgotten() {
        let together = Together::default();
        let wanted = |told| Wanted {
            place: Place::START,
            resources: vec!["goals"],
            limit: 1,
            told,
        };
        let never = together.read(wanted(7), std::future::pending);
        assert!(never.now_or_never().is_none());
        let next = together.read(wanted(8), || async { Ok(Vec::new()) });
        assert!(next.await.is_ok());
        assert!(together.lock().is_empty());
    }
}
