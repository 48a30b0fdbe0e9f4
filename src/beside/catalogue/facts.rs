//! What the data themselves say for the catalogue: when each dataset was first
//! and last changed, and which years it is about. Each by an index, whatever
//! there is; all from one snapshot.

use chrono::{DateTime, Utc};
use diesel::deserialize::QueryableByName;
use diesel::sql_types::{Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt;

use crate::changes::RESOURCES;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Database};
use crate::problem::Problem;
use crate::resources::{budgets, values};

/// What the data say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Of goals and assignments.
    pub(super) goals: Span,
    /// Of indicators and values.
    pub(super) values: Span,
    /// Of everything that the feed tells of.
    pub(super) changes: Span,
    /// When the last change of anything was committed: nothing here can have become
    /// otherwise since.
    pub(super) changed: Option<DateTime<Utc>>,
    /// The budget years, from the first to the last.
    pub(super) budget_years: Option<(i32, i32)>,
    /// The years of the own municipality's values.
    pub(super) value_years: Option<(i32, i32)>,
}

/// From the first change to the last; nothing where there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub(super) struct Span {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(super) first: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(super) last: Option<DateTime<Utc>>,
}

impl Facts {
    /// The span of a dataset, and the years that it is about.
    pub(super) fn of(&self, dataset: &str) -> (Span, Option<(i32, i32)>) {
        match dataset {
            "goals" => (self.goals, self.budget_years),
            "values" => (self.values, self.value_years),
            _ => (self.changes, None),
        }
    }

    /// From the first change of any dataset to the last.
    pub(super) fn all(&self) -> Span {
        let spans = [self.goals, self.values, self.changes];
        Span {
            first: spans.iter().filter_map(|span| span.first).min(),
            last: spans.iter().filter_map(|span| span.last).max(),
        }
    }

    /// Reads them.
    pub(super) async fn read(database: &Database, municipality: &str) -> Result<Self, Problem> {
        let municipality = municipality.to_owned();
        let work = database.read_snapshot(move |connection| {
            async move {
                // The conditions are those of the indexes, to the letter.
                let goals = Statement::new("resources && '{goals,assignments}'::text[]");
                let figures = Statement::new("resources && '{indicators,values}'::text[]");
                let told = RESOURCES.iter().map(|resource| resource.name.to_owned());
                let told = Statement::new("resources && ").value(SqlValue::Texts(told.collect()));
                let (first, last) = budgets::years(connection).await?;
                Ok(Self {
                    goals: span(connection, goals).await?,
                    values: span(connection, figures).await?,
                    changes: span(connection, told).await?,
                    changed: head(connection).await?,
                    budget_years: first.zip(last),
                    value_years: values::years_of(connection, &municipality).await?,
                })
            }
            .boxed()
        });
        work.await
    }
}

/// When the first and the last change set that fits were committed.
async fn span(connection: &mut Connection, fits: Statement) -> diesel::QueryResult<Span> {
    let one = |order: &str| {
        Statement::new(
            "(SELECT committed_at FROM change_sets WHERE commit_position IS NOT NULL AND ",
        )
        .then(fits.clone())
        .sql(format!(" ORDER BY commit_position{order} LIMIT 1)"))
    };
    Statement::new("SELECT ")
        .then(one(""))
        .sql(" AS first, ")
        .then(one(" DESC"))
        .sql(" AS last")
        .get_result(connection)
        .await
}

#[derive(QueryableByName)]
struct Head {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    committed_at: Option<DateTime<Utc>>,
}

async fn head(connection: &mut Connection) -> diesel::QueryResult<Option<DateTime<Utc>>> {
    let head: Head = Statement::new("SELECT committed_at FROM record_head")
        .get_result(connection)
        .await?;
    Ok(head.committed_at)
}
