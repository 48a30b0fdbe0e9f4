//! `malbild migrate`

use super::store::Store;
use crate::config::DatabaseSettings;

/// Brings the schema up to date and says what was done.
pub(super) async fn run(settings: &DatabaseSettings) -> Result<(), String> {
    let store = Store::open(settings).await?;
    let ran = store.migrate().await;
    store.close().await;
    match ran?.as_slice() {
        [] => println!("The schema is up to date."),
        names => names.iter().for_each(|name| println!("Migrated: {name}")),
    }
    Ok(())
}
