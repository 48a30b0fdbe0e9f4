//! Lists: what a client may ask for, and the SQL that answers it.

use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::call::{Call, Fields};
use super::conditional::digest;
use super::cursor::Cursor;
use super::problem::Problem;
use super::query::Query;
use super::text;
use crate::database::statement::{SqlValue, Statement};
use crate::database::{Connection, Database, Failure};

/// How a member is kept, and so how it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `integer`
    Integer,
    /// `text`
    Text,
    /// `boolean`
    Boolean,
    /// `date`
    Date,
    /// `timestamptz`
    Moment,
    /// `uuid`
    Uuid,
    /// Something a list cannot be sorted by.
    Unsortable,
}

/// A member of a resource and the column it is kept in.
#[derive(Debug)]
pub struct Member {
    name: &'static str,
    column: &'static str,
    kind: Kind,
    nullable: bool,
}

impl Member {
    /// A member that is always there.
    pub const fn required(name: &'static str, column: &'static str, kind: Kind) -> Self {
        Self {
            name,
            column,
            kind,
            nullable: false,
        }
    }

    /// A member that may be null.
    pub const fn optional(name: &'static str, column: &'static str, kind: Kind) -> Self {
        Self {
            name,
            column,
            kind,
            nullable: true,
        }
    }
}

/// What the lists of one resource can do.
#[derive(Debug)]
pub struct ListSpec {
    /// The table.
    pub table: &'static str,
    /// Its members, the key first.
    pub members: &'static [Member],
    /// The default order, the key last; `-` before a name means descending.
    pub order: &'static [&'static str],
    /// The members that make up the key: the tie-break of every order.
    pub key: &'static [&'static str],
    /// The parameters that filter.
    pub filters: &'static [&'static str],
    /// The largest `limit`.
    pub max_limit: i64,
}

/// The members that every resource has.
const STAMPS: [Member; 2] = [
    Member::required("createdAt", "created_at", Kind::Moment),
    Member::required("updatedAt", "updated_at", Kind::Moment),
];
/// The members that are no columns.
const DERIVED: [&str; 2] = ["etag", "_links"];
/// A statement with more filters than this is not kept prepared.
const KEPT_FILTERS: usize = 2;
/// The parameters that every list has.
pub const SHARED: [&str; 6] = ["page", "limit", "cursor", "sort", "fields", "updatedSince"];

impl ListSpec {
    fn member(&self, name: &str) -> Option<&Member> {
        self.members
            .iter()
            .chain(&STAMPS)
            .find(|member| member.name == name)
    }

    /// The names that `fields` may hold.
    pub fn field_names(&self) -> Vec<&'static str> {
        self.members
            .iter()
            .chain(&STAMPS)
            .map(|member| member.name)
            .chain(DERIVED)
            .collect()
    }

    /// The names that `sort` may hold.
    pub fn sort_names(&self) -> Vec<&'static str> {
        let sortable = self
            .members
            .iter()
            .chain(&STAMPS)
            .filter(|member| member.kind != Kind::Unsortable);
        sortable.map(|member| member.name).collect()
    }

    fn columns(&self) -> String {
        let columns: Vec<&str> = self
            .members
            .iter()
            .chain(&STAMPS)
            .map(|member| member.column)
            .collect();
        format!("{}, version", columns.join(", "))
    }

    fn order(&self, names: &[&str]) -> Option<Vec<Order<'_>>> {
        let mut order: Vec<Order<'_>> = Vec::new();
        for raw in names.iter().chain(self.key) {
            let (name, descending) = raw
                .strip_prefix('-')
                .map_or((*raw, false), |name| (name, true));
            let member = self
                .member(name)
                .filter(|member| member.kind != Kind::Unsortable)?;
            if !order.iter().any(|other| other.member.name == name) {
                order.push(Order { member, descending });
            }
        }
        Some(order)
    }
}

#[derive(Clone, Copy, Debug)]
struct Order<'a> {
    member: &'a Member,
    descending: bool,
}

#[derive(Debug)]
enum Start {
    Page(i64),
    Cursor(Cursor),
}

/// What a client asks of a list.
#[derive(Debug)]
pub struct ListRequest {
    /// The parameters as they came.
    pub query: Query,
    /// Which members of each item to answer.
    pub fields: Fields,
    /// The number of the page, or `None` in a walk by cursor.
    pub page: Option<i64>,
    /// The most items in an answer.
    pub limit: i64,
    spec: &'static ListSpec,
    order: Vec<Order<'static>>,
    start: Start,
    fingerprint: String,
    filter: Statement,
    filters: usize,
}

impl ListRequest {
    /// Reads the parameters of a list; 400 for what it does not know.
    pub fn read(call: &Call, spec: &'static ListSpec) -> Result<Self, Problem> {
        let known: Vec<&str> = SHARED.iter().chain(spec.filters).copied().collect();
        let query = call.query(&known)?;
        let fields = Fields::read(&query, &spec.field_names())?;
        let limit = query
            .one("limit", |raw| {
                whole(raw).filter(|limit| (1..=spec.max_limit).contains(limit))
            })?
            .unwrap_or(20.min(spec.max_limit));
        let order = match query.get("sort") {
            None => spec.order(spec.order),
            Some(raw) => spec.order(&raw.split(',').collect::<Vec<_>>()),
        }
        .ok_or_else(|| Problem::query(format!("sort takes {}", spec.sort_names().join(", "))))?;
        let walked = query.again(&["page", "cursor", "limit", "fields"], &[]);
        let fingerprint = digest(&[call.request_path().as_bytes(), walked.as_bytes()]);
        // Only a search can be so long, and the links repeat it.
        query.one("q", |raw| (raw.chars().count() <= text::NAME).then_some(()))?;
        let page = query.one("page", whole)?;
        let start = match (query.get("cursor"), page) {
            (Some(_), Some(_)) => return Err(Problem::query("send page or cursor, not both")),
            (Some(raw), None) => Start::Cursor(Cursor::decode(raw, &fingerprint)?),
            (None, page) => Start::Page(page.unwrap_or(1)),
        };
        let page = if let Start::Page(page) = start {
            Some(page)
        } else {
            None
        };
        let mut request = Self {
            query,
            fields,
            page,
            limit,
            spec,
            order,
            start,
            fingerprint,
            filter: Statement::default(),
            filters: 0,
        };
        if let Some(since) = request.query.one("updatedSince", text::moment)? {
            request.filter(Statement::new("updated_at >= ").value(SqlValue::Moment(since)));
        }
        Ok(request)
    }

    /// Leaves only rows for which `condition` holds.
    pub fn filter(&mut self, condition: Statement) {
        let joined = std::mem::take(&mut self.filter);
        let joined = if joined.is_empty() {
            joined
        } else {
            joined.sql(" AND ")
        };
        self.filter = joined.then(condition);
        self.filters += 1;
    }

    /// Whether this is one of so many possible statements that none of them is
    /// worth keeping: another order than the list's own, or many filters.
    fn is_rare(&self) -> bool {
        self.query.get("sort").is_some() || self.filters > KEPT_FILTERS
    }

    /// Leaves only rows whose `column` is one of the years in the parameter `name`.
    pub fn filter_years(
        &mut self,
        name: &str,
        condition: impl Fn(Statement) -> Statement,
    ) -> Result<(), Problem> {
        if let Some(years) = self.query.list(name, text::year)? {
            self.filter(condition(
                Statement::new("= ANY (")
                    .value(SqlValue::Integers(years))
                    .sql(")"),
            ));
        }
        Ok(())
    }

    /// Leaves only rows in which one of the text columns holds the text in `q`,
    /// in whatever case.
    pub fn filter_text(&mut self, columns: &[&str]) {
        let Some(wanted) = self.query.get("q").filter(|wanted| !wanted.is_empty()) else {
            return;
        };
        let wanted = wanted
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let mut condition = Statement::new("(");
        for (index, column) in columns.iter().enumerate() {
            let or = if index == 0 { "" } else { " OR " };
            condition = condition
                .sql(format!("{or}{column} ILIKE "))
                .value(SqlValue::Text(format!("%{wanted}%")));
        }
        self.filter(condition.sql(")"));
    }

    /// The cursor at an item: for the items after it, or before it.
    pub fn cursor_at(&self, item: &Value, backwards: bool, counted: Counted) -> String {
        let values = self
            .order
            .iter()
            .map(|order| item.get(order.member.name).cloned().unwrap_or(Value::Null))
            .collect();
        Cursor {
            backwards,
            values,
            query: self.fingerprint.clone(),
            total: counted.total,
            version: counted.version,
        }
        .encode()
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

type Place<'a> = (&'a Member, bool, Option<SqlValue>);

/// `(a, b) > (x, y)`: one comparison that an index can answer.
fn beyond_row(places: &[Place<'_>]) -> Statement {
    let columns: Vec<&str> = places.iter().map(|(member, ..)| member.column).collect();
    let sign = if places.first().is_some_and(|(_, descending, _)| *descending) {
        "<"
    } else {
        ">"
    };
    let mut condition = Statement::new(format!("({}) {sign} (", columns.join(", ")));
    for (index, (_, _, value)) in places.iter().enumerate() {
        if index > 0 {
            condition = condition.sql(", ");
        }
        if let Some(value) = value {
            condition = condition.value(value.clone());
        }
    }
    condition.sql(")")
}

/// Beyond in the first column, or the same there and beyond in the second, …
fn beyond_steps(places: &[Place<'_>], backwards: bool) -> Statement {
    let mut condition = Statement::new("(false");
    for (index, (member, descending, value)) in places.iter().enumerate() {
        let column = member.column;
        let sign = if *descending { "<" } else { ">" };
        let step = match (value, backwards) {
            // Nulls are last: nothing is after one, everything else is before it.
            (None, false) => continue,
            (None, true) => Statement::new(format!("{column} IS NOT NULL")),
            (Some(value), false) if member.nullable => Statement::new(format!("({column} {sign} "))
                .value(value.clone())
                .sql(format!(" OR {column} IS NULL)")),
            (Some(value), _) => Statement::new(format!("{column} {sign} ")).value(value.clone()),
        };
        condition = condition.sql(" OR (");
        for (earlier, _, value) in &places[..index] {
            condition = match value {
                None => condition.sql(format!("{} IS NULL AND ", earlier.column)),
                Some(value) => condition
                    .sql(format!("{} = ", earlier.column))
                    .value(value.clone())
                    .sql(" AND "),
            };
        }
        condition = condition.then(step).sql(")");
    }
    condition.sql(")")
}

fn bind(kind: Kind, value: &Value) -> Option<SqlValue> {
    match kind {
        Kind::Integer => value
            .as_i64()
            .and_then(|n| i32::try_from(n).ok())
            .map(SqlValue::Integer),
        Kind::Text => value
            .as_str()
            .filter(|text| !text.contains('\0'))
            .map(|text| SqlValue::Text(text.to_owned())),
        Kind::Boolean => value.as_bool().map(SqlValue::Boolean),
        Kind::Date => value.as_str().and_then(text::date).map(SqlValue::Date),
        Kind::Moment => value.as_str().and_then(text::moment).map(SqlValue::Moment),
        Kind::Uuid => value.as_str().and_then(text::uuid).map(SqlValue::Uuid),
        Kind::Unsortable => None,
    }
}

/// A whole number of plain digits; one too large for the machine is its largest.
fn whole(raw: &str) -> Option<i64> {
    if raw.is_empty() || !raw.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(raw.parse().unwrap_or(i64::MAX))
}

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
