//! `malbild sample`

use clap::Args;

use super::store::Store;
use crate::config::DatabaseSettings;
use crate::database::{Actor, Failure, transaction};
use crate::problem::Problem;
use crate::sample::{self, ROLE};

/// What `malbild sample` can be told.
#[derive(Args, Clone, Debug)]
pub(super) struct Sample {
    /// Take away what of the sample nobody has changed since
    #[arg(long)]
    remove: bool,
}

impl Sample {
    /// Loads the sample, or takes it away.
    pub(super) async fn run(self, settings: &DatabaseSettings) -> Result<(), String> {
        let store = Store::open(settings).await?;
        let done = async {
            store.migrate().await?;
            if self.remove {
                remove(&store).await
            } else {
                load(&store)
                    .await
                    .map(|made| println!("{made} rows of the sample were made."))
            }
        };
        let done = done.await;
        store.close().await;
        done
    }
}

/// Loads what of the sample is not there; answers how many rows that were.
async fn load(store: &Store) -> Result<usize, String> {
    let mut connection = store.runtime().await?;
    let work = transaction(&mut connection, Actor::command(ROLE), |connection| {
        Box::pin(sample::load(connection))
    });
    work.await.map_err(told)
}

/// Loads the sample unless the database has a budget already.
pub(super) async fn load_into_empty(store: &Store) -> Result<usize, String> {
    let mut connection = store.runtime().await?;
    let work = transaction(&mut connection, Actor::command(ROLE), |connection| {
        Box::pin(async move {
            if sample::is_empty(connection).await? {
                sample::load(connection).await
            } else {
                Ok(0)
            }
        })
    });
    work.await.map_err(told)
}

async fn remove(store: &Store) -> Result<(), String> {
    let mut connection = store.runtime().await?;
    let work = transaction(&mut connection, Actor::command(ROLE), |connection| {
        Box::pin(sample::remove(connection))
    });
    let result = work.await.map_err(told)?;
    println!(
        "{} rows of the sample were taken away, {} were kept.",
        result.removed, result.kept
    );
    Ok(())
}

fn told(failure: Failure) -> String {
    Problem::from(failure).detail
}
