//! Counting and loading the rows of a page.

use actix_web::HttpResponse;
use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;

use super::place::{beyond_row, beyond_steps, bind};
use super::request::{ListRequest, Start};
use super::spec::Order;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Failure, Work};
use crate::http::call::Call;
use crate::http::cursor::Cursor;
use crate::http::export;
use crate::http::forms::Form;
use crate::http::links::Root;
use crate::http::page;
use crate::http::reading::Reading;
use crate::problem::Problem;

/// The position of the last commit that a statement sees.
const VERSION: &str =
    "SELECT coalesce((SELECT max(commit_position) FROM change_sets), 0) AS version, ";
/// A statement with more filters than this is not kept prepared.
const KEPT_FILTERS: usize = 2;

/// How many rows there are, in which data version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
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

/// Which rows to select.
struct Span<'a> {
    /// Whether in the opposite order.
    backwards: bool,
    /// How many to leave out first.
    skip: i64,
    /// How many there may be.
    take: i64,
    /// The place that they are beyond.
    cursor: Option<&'a Cursor>,
}

impl ListRequest {
    /// Whether this is one of so many possible statements that none of them is
    /// worth keeping: another order than the list's own, or many filters.
    fn is_rare(&self) -> bool {
        self.query.get("sort").is_some() || self.filters > KEPT_FILTERS
    }

    pub(super) fn where_clause(&self) -> Statement {
        if self.filter.is_empty() {
            Statement::default()
        } else {
            Statement::new(" WHERE ").then(self.filter.clone())
        }
    }

    /// Counts the rows in the data version that is read with them.
    async fn count(&self, connection: &mut Connection) -> QueryResult<Counted> {
        let counting = match self.spec.total {
            Some(total) if self.filter.is_empty() => Statement::new(total),
            _ => Statement::new(format!("SELECT count(*) FROM {}", self.spec.table))
                .then(self.where_clause()),
        };
        Statement::new(format!("{VERSION} ("))
            .then(counting)
            .sql(") AS total")
            .rare(self.filters > KEPT_FILTERS)
            .get_result(connection)
            .await
    }

    /// The count that a cursor carries, or a new one when something has been
    /// committed since.
    async fn count_again(
        &self,
        connection: &mut Connection,
        cursor: &Cursor,
    ) -> QueryResult<Counted> {
        let now: Counted = Statement::new(format!("{VERSION} 0::bigint AS total"))
            .get_result(connection)
            .await?;
        if now.version == cursor.version {
            return Ok(Counted {
                version: cursor.version,
                total: cursor.total,
            });
        }
        self.count(connection).await
    }

    /// Answers the list in the form that the client wants, each row as `item` shows it.
    pub async fn answer<R, T>(
        self,
        call: &Call,
        item: fn(R, &Root) -> T,
    ) -> Result<HttpResponse, Problem>
    where
        R: QueryableByName<Pg> + Send + 'static,
        T: Serialize + ToSchema + 'static,
    {
        if self.form != Form::Json {
            let snapshot = call.export().await?;
            return export::answer(call, self, snapshot, item).await;
        }
        let (request, loaded) = self.run(call.reading()).await?;
        page::answer(call, &request, loaded, |row| item(row, call.root()))
    }

    /// The same for a list under something that the path names. Rows tell that
    /// it is there; only when there are none, `find` looks for it: 404 if it is not.
    pub async fn answer_under<R, T, F>(
        self,
        call: &Call,
        item: fn(R, &Root) -> T,
        what: &'static str,
        find: F,
    ) -> Result<HttpResponse, Problem>
    where
        R: QueryableByName<Pg> + Send + 'static,
        T: Serialize + ToSchema + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, bool> + Send + 'static,
    {
        if self.form != Form::Json {
            let mut snapshot = call.export().await?;
            if !snapshot.read(find).await? {
                return Err(Problem::not_found(what));
            }
            return export::answer(call, self, snapshot, item).await;
        }
        let (request, loaded) = self.run_under(call.reading(), what, find).await?;
        page::answer(call, &request, loaded, |row| item(row, call.root()))
    }

    /// Loads the rows of this page.
    pub async fn run<R>(self, reading: Reading<'_>) -> Result<(Self, Loaded<R>), Problem>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        reading
            .read(move |connection| {
                Box::pin(async move {
                    let loaded = self.rows(connection).await?;
                    Ok((self, loaded))
                })
            })
            .await
    }

    /// The same for a list under something that the path names: 404 where `find`,
    /// which is asked when there are no rows, does not find it.
    pub async fn run_under<R, F>(
        self,
        reading: Reading<'_>,
        what: &'static str,
        find: F,
    ) -> Result<(Self, Loaded<R>), Problem>
    where
        R: QueryableByName<Pg> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, bool> + Send + 'static,
    {
        let (request, loaded) = self.run(reading).await?;
        if loaded.counted.total == 0 && !reading.read(find).await? {
            return Err(Problem::not_found(what));
        }
        Ok((request, loaded))
    }

    async fn rows<R>(&self, connection: &mut Connection) -> Result<Loaded<R>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        match &self.start {
            Start::Page(page) => self.page(connection, *page).await,
            Start::Cursor(cursor) => self.walk(connection, cursor).await,
        }
    }

    /// The rows of a page by its number.
    async fn page<R>(&self, connection: &mut Connection, page: i64) -> Result<Loaded<R>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let offset = page.saturating_sub(1).saturating_mul(self.limit);
        let mut loaded = Loaded {
            rows: Vec::new(),
            counted: Counted::default(),
            before: false,
            after: false,
        };
        // The first page needs no count if it has everything.
        if page == 1 {
            loaded = self.select(connection, self.span(0)).await?;
            if !loaded.after {
                loaded.counted.total = loaded.rows.len() as i64;
                return Ok(loaded);
            }
        }
        let counted = self.count(connection).await?;
        if page > 1 && offset < counted.total {
            let left = counted.total - offset;
            loaded = if left < offset {
                self.page_from_the_end(connection, left).await?
            } else {
                self.select(connection, self.span(offset)).await?
            };
            loaded.before = true;
        }
        Ok(Loaded { counted, ..loaded })
    }

    /// A page in the second half of the list, where `left` rows are from its
    /// first one on: skipping what comes after it costs less than what comes before.
    async fn page_from_the_end<R>(
        &self,
        connection: &mut Connection,
        left: i64,
    ) -> Result<Loaded<R>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let mine = left.min(self.limit);
        let span = Span {
            backwards: true,
            skip: left - mine,
            take: mine,
            cursor: None,
        };
        let mut loaded = self.select(connection, span).await?;
        loaded.rows.reverse();
        loaded.after = left > mine;
        Ok(loaded)
    }

    /// The rows beyond the place where a cursor stands.
    async fn walk<R>(
        &self,
        connection: &mut Connection,
        cursor: &Cursor,
    ) -> Result<Loaded<R>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let counted = self.count_again(connection, cursor).await?;
        let span = Span {
            backwards: cursor.backwards,
            cursor: Some(cursor),
            ..self.span(0)
        };
        let mut loaded = self.select(connection, span).await?;
        loaded.counted = counted;
        if cursor.backwards {
            loaded.rows.reverse();
            (loaded.before, loaded.after) = (loaded.after, true);
        } else {
            loaded.before = true;
        }
        Ok(loaded)
    }

    /// The rows of an answer from the one after `skip` others.
    fn span(&self, skip: i64) -> Span<'static> {
        Span {
            backwards: false,
            skip,
            take: self.limit,
            cursor: None,
        }
    }

    /// The rows of a span in its direction, and whether there are more.
    async fn select<R>(
        &self,
        connection: &mut Connection,
        span: Span<'_>,
    ) -> Result<Loaded<R>, Failure>
    where
        R: QueryableByName<Pg> + Send + 'static,
    {
        let mut statement = Statement::new(format!(
            "SELECT {} FROM {}",
            self.spec.columns(),
            self.spec.table
        ))
        .then(self.where_clause());
        if let Some(cursor) = span.cursor {
            let and = if self.filter.is_empty() {
                " WHERE "
            } else {
                " AND "
            };
            statement = statement.sql(and).then(self.beyond(cursor)?);
        }
        statement = statement
            .sql(format!("{} LIMIT ", self.order_by(span.backwards)))
            .value(SqlValue::BigInt(span.take + 1));
        if span.skip > 0 {
            statement = statement.sql(" OFFSET ").value(SqlValue::BigInt(span.skip));
        }
        let mut rows: Vec<R> = statement.rare(self.is_rare()).load(connection).await?;
        let after = rows.len() as i64 > span.take;
        rows.truncate(span.take as usize);
        Ok(Loaded {
            rows,
            counted: Counted::default(),
            before: false,
            after,
        })
    }

    /// The members to order by: those that the filters leave open.
    fn open_order(&self) -> impl Iterator<Item = &Order<'static>> {
        let open = |order: &&Order<'static>| !self.fixed.contains(&order.member.name);
        self.order.iter().filter(open)
    }

    pub(super) fn order_by(&self, backwards: bool) -> String {
        let columns = self.open_order().map(|order| {
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
        let columns = columns.collect::<Vec<_>>().join(", ");
        if columns.is_empty() {
            columns
        } else {
            format!(" ORDER BY {columns}")
        }
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
            if !self.fixed.contains(&order.member.name) {
                places.push((order.member, order.descending != cursor.backwards, value));
            }
        }
        if places.is_empty() {
            return Ok(Statement::new("false"));
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
