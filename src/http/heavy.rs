//! Work that keeps a processor busy: not on a thread that answers others, and
//! not more of it at once than there is room for.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::problem::Problem;

/// Places for such work, shared by all requests.
#[derive(Clone, Debug)]
pub struct HeavyWork {
    places: Arc<Semaphore>,
    patience: Duration,
}

/// A place that is taken, given back when this is dropped.
#[derive(Debug)]
pub struct Turn(
    #[expect(dead_code, reason = "it is given back when it is dropped")] OwnedSemaphorePermit,
);

impl HeavyWork {
    /// As many places as there are processors. Whoever waits longer than
    /// `patience` for one is answered 503.
    pub fn new(patience: Duration) -> Self {
        let places = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_places(places, patience)
    }

    /// So many places.
    pub fn with_places(places: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            patience,
        }
    }

    /// Runs `work` when there is a place for it. The place is kept until the work
    /// is done, also when nobody waits for it any more.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        self.begin(work).await.map(|(done, _)| done)
    }

    /// The same, for what goes on elsewhere: the place is kept until it is dropped.
    pub async fn begin<T, F>(&self, work: F) -> Result<(T, Turn), Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let turn = self.turn().await?;
        let done = web::block(move || (work(), turn));
        done.await.map_err(|_| Problem::internal())
    }

    /// A place, when there is one; 503 when there is none for too long.
    pub async fn turn(&self) -> Result<Turn, Problem> {
        let place = timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        match place {
            Ok(Ok(place)) => Ok(Turn(place)),
            _ => Err(Problem::too_busy()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::problem::Code;

    #[actix_web::test]
    async fn there_is_work_in_each_place_and_what_comes_after_waits_and_is_given_up() {
        let heavy = HeavyWork {
            places: Arc::new(Semaphore::new(1)),
            patience: Duration::from_millis(50),
        };
        let (end, ended) = mpsc::channel::<()>();
        let (begin, begun) = tokio::sync::oneshot::channel();
        let busy = heavy.clone();
        let first = actix_web::rt::spawn(async move {
            let work = move || {
                begin.send(()).expect("somebody waits");
                ended.recv().expect("told to end");
                1
            };
            busy.run(work).await
        });
        begun.await.expect("begun");
        first.abort();
        let refused = heavy.run(|| 2).await.expect_err("no place");
        assert_eq!(refused.code, Code::DatabaseUnavailable);
        end.send(()).expect("under way");
        while heavy.places.available_permits() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(heavy.run(|| 3).await.expect("a place"), 3);
    }

    #[actix_web::test]
    async fn what_panics_gives_its_place_back() {
        let heavy = HeavyWork::new(Duration::from_secs(5));
        let places = heavy.places.available_permits();
        let failed: Result<(), Problem> = heavy.run(|| panic!("a fault")).await;
        assert_eq!(failed.expect_err("a fault").code, Code::Internal);
        assert_eq!(heavy.places.available_permits(), places);
    }
}
