//! The task that delivers. Every instance has one; they share the webhooks out
//! among them by leases in the database, so that no two deliver to one at once.

mod turn;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{deliveries, events, states};
use crate::database::Actor;
use crate::http::service::Service;
use crate::problem::Problem;
use turn::Turn;

/// How many webhooks are served at once.
const AT_ONCE: usize = 16;
/// How often what is old is taken away from all logs.
const SWEEPS: Duration = Duration::from_secs(60 * 60);
/// How long to wait when the database has failed.
const AFTER_A_FAULT: Duration = Duration::from_secs(1);

/// The deliveries of this instance, until they are stopped.
pub struct Deliverer {
    stop: Stop,
    task: Option<JoinHandle<()>>,
}

/// How the deliveries are told to stop.
#[derive(Clone, Debug, Default)]
struct Stop {
    /// Nothing new is begun.
    soon: CancellationToken,
    /// What is under way is cut.
    now: CancellationToken,
}

impl Deliverer {
    /// Begins to deliver. Without a key nothing is, and the log says so.
    pub fn start(service: Data<Service>) -> Self {
        let stop = Stop::default();
        let task = if service.outgoing.keyring.is_set() {
            let delivering = Delivering {
                service,
                stop: stop.clone(),
            };
            let (delivering, stopped) = (Arc::new(delivering), stop.soon.clone());
            Some(tokio::spawn(keep_up(stopped, move || {
                Arc::clone(&delivering).run()
            })))
        } else {
            tracing::info!("WEBHOOK_KEY is not set: webhooks cannot be used");
            None
        };
        Self { stop, task }
    }

    /// Begins nothing new, gives what is under way so long, then cuts it. What was
    /// cut is delivered again by whoever goes on.
    pub async fn stop(mut self, grace: Duration) {
        self.stop.soon.cancel();
        if let Some(mut task) = self.task.take()
            && timeout(grace, &mut task).await.is_err()
        {
            self.stop.now.cancel();
            let _ = task.await;
        }
    }
}

impl Drop for Deliverer {
    fn drop(&mut self) {
        self.stop.soon.cancel();
        self.stop.now.cancel();
    }
}

/// Starts a task, and again whenever it ends without being told to.
async fn keep_up<F>(stopped: CancellationToken, begin: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let ended = tokio::spawn(begin()).await;
        if stopped.is_cancelled() {
            return;
        }
        let error = ended.err().map(|error| error.to_string());
        tracing::error!(error, "the deliveries have ended; they begin again");
        tokio::select! {
            () = stopped.cancelled() => return,
            () = sleep(AFTER_A_FAULT) => {}
        }
    }
}

/// What all turns share.
struct Delivering {
    service: Data<Service>,
    stop: Stop,
}

/// What the record of changes says of who paused a webhook.
fn actor() -> Actor {
    Actor::command("operator")
}

impl Delivering {
    async fn run(self: Arc<Self>) {
        let mut turns = JoinSet::new();
        let mut swept: Option<Instant> = None;
        let everything = {
            let mut names = events::names(&[]);
            names.push("webhooks");
            names
        };
        while !self.stop.soon.is_cancelled() {
            if swept.is_none_or(|swept| swept.elapsed() >= SWEEPS) {
                swept = Some(Instant::now());
                self.sweep().await;
            }
            let record = &self.service.record;
            let told = record.end().map_or(0, |end| end.of(&everything));
            let woken = self.service.outgoing.wake.notified();
            let wait = match self.claim(AT_ONCE.saturating_sub(turns.len())).await {
                Ok((leases, wait)) => {
                    for lease in leases {
                        let turn = Turn::new(Arc::clone(&self), lease);
                        turns.spawn(turn.run());
                    }
                    wait
                }
                // The log has it already.
                Err(_) => AFTER_A_FAULT,
            };
            let changed = async {
                if !record.later(told, &everything).await {
                    // Nobody follows the record any more.
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = self.stop.soon.cancelled() => break,
                Some(_) = turns.join_next() => {}
                () = woken => {}
                () = changed, if turns.len() < AT_ONCE => {}
                () = sleep(wait) => {}
            }
        }
        while turns.join_next().await.is_some() {}
    }

    /// Webhooks that are this instance's now, and how long to wait for others.
    async fn claim(&self, most: usize) -> Result<(Vec<states::Lease>, Duration), Problem> {
        let times = self.service.outgoing.times;
        if most == 0 {
            return Ok((Vec::new(), times.look));
        }
        let id = Uuid::now_v7();
        let work = self.service.database.write(actor(), move |connection| {
            Box::pin(async move {
                let claimed = states::claim(connection, id, times.lease, most).await?;
                Ok((claimed, states::wait(connection).await?))
            })
        });
        let (claimed, wait) = work.await?;
        let leases = claimed.into_iter();
        let leases = leases.map(|webhook_id| states::Lease { webhook_id, id });
        let wait = wait.map_or(times.look, |wait| wait.min(times.look));
        Ok((leases.collect(), wait + Duration::from_millis(5)))
    }

    /// Takes away the old deliveries of all webhooks, also of those that nothing is
    /// sent to any more. What fails now is done the next time.
    async fn sweep(&self) {
        let work = self.service.database.write(actor(), move |connection| {
            Box::pin(async move { Ok(deliveries::prune_all(connection).await?) })
        });
        let _ = work.await;
    }

    /// A moment for a database that has failed, so that nobody asks it all the time.
    async fn wait_after_a_fault(&self) {
        tokio::select! {
            () = self.stop.soon.cancelled() => {}
            () = sleep(AFTER_A_FAULT) => {}
        }
    }

    /// Tries some work on the database again and again, while `going_on` says
    /// so; `None` when it never worked out.
    async fn insist<T, F>(&self, going_on: impl Fn() -> bool, work: impl Fn() -> F) -> Option<T>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        loop {
            if let Ok(done) = work().await {
                return Some(done);
            }
            tokio::select! {
                () = self.stop.now.cancelled() => return None,
                () = sleep(AFTER_A_FAULT / 5) => {}
            }
            if !going_on() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn deliveries_that_end_by_a_fault_begin_again_until_they_are_stopped() {
        let (stop, begun) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
        let begin = {
            let (stop, begun) = (stop.clone(), Arc::clone(&begun));
            move || {
                let (stop, count) = (stop.clone(), begun.fetch_add(1, Ordering::SeqCst));
                async move {
                    assert!(count > 1, "a fault");
                    stop.cancelled().await;
                }
            }
        };
        let kept = tokio::spawn(keep_up(stop.clone(), begin));
        let enough = AFTER_A_FAULT * 20;
        let third = async {
            while begun.load(Ordering::SeqCst) < 3 {
                sleep(AFTER_A_FAULT / 50).await;
            }
        };
        timeout(enough, third).await.unwrap();
        stop.cancel();
        kept.await.unwrap();
    }
}
