//! Of which moment a request reads: of now, or of one that has passed.

use chrono::{DateTime, NaiveDate, Utc};

use crate::clock;
use crate::database::{Connection, Database, Work};
use crate::problem::Problem;

/// The data of one moment. Whoever reads it does the same work for each.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    database: &'a Database,
    as_of: Option<DateTime<Utc>>,
}

impl<'a> Reading<'a> {
    /// The data as it was at the end of `as_of`; as it is now without one.
    pub fn new(database: &'a Database, as_of: Option<DateTime<Utc>>) -> Self {
        Self { database, as_of }
    }

    /// The date in Sweden at the moment that is read.
    pub fn today(self) -> NaiveDate {
        self.as_of.map_or_else(clock::today, clock::date_of)
    }

    /// Runs work that only reads.
    pub async fn read<T, F>(self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        match self.as_of {
            None => self.database.read(work).await,
            Some(moment) => self.database.read_past(moment, work).await,
        }
    }

    /// Runs work that only reads, all of it from one snapshot.
    pub async fn read_snapshot<T, F>(self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T> + Send + 'static,
    {
        match self.as_of {
            None => self.database.read_snapshot(work).await,
            Some(moment) => self.database.read_past(moment, work).await,
        }
    }
}
