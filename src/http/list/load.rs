//! Counting and loading the rows of a page.

use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::place::{beyond_row, beyond_steps, bind};
use super::request::{ListRequest, Start};
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Database, Failure};
use crate::http::cursor::Cursor;
use crate::http::problem::Problem;

/// A statement with more filters than this is not kept prepared.
const KEPT_FILTERS: usize = 2;

/// How many rows there are, in which data version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Counted {
    /// The position of the last commit that was seen.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    /// How many rows the filters leave.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

/// The rows of one page.
#[derive(Debug)]
pub struct Loaded<R> {
    /// The rows, in order.
    pub rows: Vec<R>,
    /// How many there are in all.
    pub counted: Counted,
    /// Whether there are rows before these.
    pub before: bool,
    /// Whether there are rows after these.
    pub after: bool,
}

impl ListRequest {
    /// Whether this is one of so many possible statements that none of them is
    /// worth keeping: another order than the list's own, or many filters.
    fn is_rare(&self) -> bool {
        self.query.get("sort").is_some() || self.filters > KEPT_FILTERS
    }

    fn where_clause(&self) -> Statement {
        if self.filter.is_empty() {
            Statement::default()
        } else {
            Statement::new(" WHERE ").then(self.filter.clone())
        }
    }

    /// Counts the rows, or takes the count that the cursor carries when
    /// nothing has been committed since.
    async fn count(&self, connection: &mut Connection) -> QueryResult<Counted> {
        const VERSION: &str =
            "SELECT coalesce((SELECT max(commit_position) FROM change_sets), 0) AS version, ";
        if let Start::Cursor(cursor) = &self.start {
            let now: Counted = Statement::new(format!("{VERSION} 0::bigint AS total"))
                .get_result(connection)
                .await?;
            if now.version == cursor.version {
                return Ok(Counted {
                    version: cursor.version,
                    total: cursor.total,
                });
            }
        }
        Statement::new(format!(
            "{VERSION} (SELECT count(*) FROM {}",
            self.spec.table
        ))
        .then(self.where_clause())
        .sql(") AS total")
        .rare(self.filters > KEPT_FILTERS)
        .get_result(connection)
        .await
    }

    /// Loads the rows of this page.
    pub async fn run<R>(self, database: &Database) -> Result<(Self, Loaded<R>), Problem>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        database
            .read(move |connection| {
                Box::pin(async move {
                    let loaded = self.rows(connection).await?;
                    Ok((self, loaded))
                })
            })
            .await
    }

    async fn rows<R>(&self, connection: &mut Connection) -> Result<Loaded<R>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let counted = self.count(connection).await?;
        let (backwards, offset, after) = match &self.start {
            Start::Page(page) => {
                let offset = page.saturating_sub(1).saturating_mul(self.limit);
                if *page == 0 || offset >= counted.total {
                    return Ok(Loaded {
                        rows: Vec::new(),
                        counted,
                        before: false,
                        after: false,
                    });
                }
                (false, offset, None)
            }
            Start::Cursor(cursor) => (cursor.backwards, 0, Some(self.beyond(cursor)?)),
        };
        let mut statement = Statement::new(format!(
            "SELECT {} FROM {}",
            self.spec.columns(),
            self.spec.table
        ))
        .then(self.where_clause());
        if let Some(after) = after {
            statement = statement
                .sql(if self.filter.is_empty() {
                    " WHERE "
                } else {
                    " AND "
                })
                .then(after);
        }
        statement = statement
            .sql(format!(" ORDER BY {} LIMIT ", self.order_by(backwards)))
            .value(SqlValue::BigInt(self.limit + 1));
        if offset > 0 {
            statement = statement.sql(" OFFSET ").value(SqlValue::BigInt(offset));
        }
        let mut rows: Vec<R> = statement.rare(self.is_rare()).load(connection).await?;
        let more = rows.len() as i64 > self.limit;
        rows.truncate(self.limit as usize);
        let walking = matches!(self.start, Start::Cursor(_));
        if backwards {
            rows.reverse();
            return Ok(Loaded {
                rows,
                counted,
                before: more,
                after: true,
            });
        }
        Ok(Loaded {
            rows,
            counted,
            before: walking || offset > 0,
            after: more,
        })
    }

    fn order_by(&self, backwards: bool) -> String {
        let columns = self.order.iter().map(|order| {
            // Nulls come last in either direction, so first when walking back.
            let nulls = match (order.member.nullable, backwards) {
                (false, _) => "",
                (true, false) => " NULLS LAST",
                (true, true) => " NULLS FIRST",
            };
            let direction = if order.descending == backwards {
                ""
            } else {
                " DESC"
            };
            format!("{}{direction}{nulls}", order.member.column)
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    /// The condition for the rows beyond the one that the cursor stands at.
    fn beyond(&self, cursor: &Cursor) -> Result<Statement, Problem> {
        let wrong = || Problem::query("the cursor is none of this list's; begin again without it");
        if cursor.values.len() != self.order.len() {
            return Err(wrong());
        }
        let mut places = Vec::new();
        for (order, value) in self.order.iter().zip(&cursor.values) {
            let value = if value.is_null() && order.member.nullable {
                None
            } else {
                Some(bind(order.member.kind, value).ok_or_else(wrong)?)
            };
            places.push((order.member, order.descending != cursor.backwards, value));
        }
        let plain = places
            .iter()
            .all(|(member, descending, _)| !member.nullable && *descending == places[0].1);
        if plain {
            Ok(beyond_row(&places))
        } else {
            Ok(beyond_steps(&places, cursor.backwards))
        }
    }
}
