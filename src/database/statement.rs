//! SQL put together from pieces, for lists: which filters and which order a
//! client asks for is known only at run time. Unlike `diesel::sql_query` the
//! statement is kept prepared, unless it is a rare one; every value goes in as a bind.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Numeric, Text, Timestamptz, Untyped, Uuid as SqlUuid,
};
use postgres_protocol::escape::escape_literal;
use uuid::Uuid;

use crate::decimal::Decimal;

/// A value with the type that PostgreSQL gets it as.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    /// `integer`
    Integer(i32),
    /// `bigint`
    BigInt(i64),
    /// `text`
    Text(String),
    /// `boolean`
    Boolean(bool),
    /// `numeric`
    Decimal(Decimal),
    /// `date`
    Date(NaiveDate),
    /// `timestamptz`
    Moment(DateTime<Utc>),
    /// `uuid`
    Uuid(Uuid),
    /// `integer[]`
    Integers(Vec<i32>),
    /// `text[]`
    Texts(Vec<String>),
    /// `uuid[]`
    Uuids(Vec<Uuid>),
}

impl SqlValue {
    /// The only element of an array that has one; anything else as it is.
    pub fn alone(self) -> Self {
        match self {
            Self::Integers(mut all) if all.len() == 1 => Self::Integer(all.remove(0)),
            Self::Texts(mut all) if all.len() == 1 => Self::Text(all.remove(0)),
            Self::Uuids(mut all) if all.len() == 1 => Self::Uuid(all.remove(0)),
            other => other,
        }
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Self::Integers(_) | Self::Texts(_) | Self::Uuids(_))
    }
}

#[derive(Clone, Debug)]
enum Piece {
    Sql(String),
    Value(SqlValue),
}

/// SQL with values in it.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    pieces: Vec<Piece>,
    rare: bool,
}

impl Statement {
    /// A statement that begins so.
    pub fn new(sql: impl Into<String>) -> Self {
        Self::default().sql(sql)
    }

    /// `column` is this value or, for an array, one of its elements.
    pub fn is(column: &str, value: SqlValue) -> Self {
        if value.is_array() {
            Self::new(format!("{column} = ANY (")).value(value).sql(")")
        } else {
            Self::new(format!("{column} = ")).value(value)
        }
    }

    /// The same, followed by SQL. Never from a client.
    #[must_use]
    pub fn sql(mut self, sql: impl Into<String>) -> Self {
        self.pieces.push(Piece::Sql(sql.into()));
        self
    }

    /// The same, followed by a value.
    #[must_use]
    pub fn value(mut self, value: SqlValue) -> Self {
        self.pieces.push(Piece::Value(value));
        self
    }

    /// The same, followed by another statement's text and values.
    #[must_use]
    pub fn then(mut self, other: Statement) -> Self {
        self.pieces.extend(other.pieces);
        self.rare |= other.rare;
        self
    }

    /// The same, and not kept prepared. For statements that come in more forms
    /// than a connection should remember: a client could fill the memory of
    /// both ends with them.
    #[must_use]
    pub fn rare(mut self, rare: bool) -> Self {
        self.rare |= rare;
        self
    }

    /// The statement with its values written out, for what takes none beside it: COPY.
    pub fn literal(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match piece {
            Piece::Sql(sql) => sql.clone(),
            Piece::Value(value) => literal(value),
        });
        pieces.collect()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

/// A value as SQL, with its type.
fn literal(value: &SqlValue) -> String {
    fn array<T>(all: &[T], each: impl Fn(&T) -> String, of: &str) -> String {
        let all: Vec<String> = all.iter().map(each).collect();
        format!("ARRAY[{}]::{of}[]", all.join(", "))
    }
    match value {
        SqlValue::Integer(v) => format!("({v}::integer)"),
        SqlValue::BigInt(v) => format!("({v}::bigint)"),
        SqlValue::Text(v) => escape_literal(v),
        SqlValue::Boolean(v) => v.to_string(),
        SqlValue::Decimal(v) => format!("'{v}'::numeric"),
        SqlValue::Date(v) => format!("'{v}'::date"),
        SqlValue::Moment(v) => format!("'{}'::timestamptz", v.to_rfc3339()),
        SqlValue::Uuid(v) => format!("'{v}'::uuid"),
        SqlValue::Integers(all) => array(all, |v| v.to_string(), "integer"),
        SqlValue::Texts(all) => array(all, |v| escape_literal(v), "text"),
        SqlValue::Uuids(all) => array(all, |v| format!("'{v}'"), "uuid"),
    }
}

impl QueryFragment<Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.rare {
            out.unsafe_to_cache_prepared();
        }
        for piece in &self.pieces {
            match piece {
                Piece::Sql(sql) => out.push_sql(sql),
                Piece::Value(value) => bind(value, &mut out)?,
            }
        }
        Ok(())
    }
}

fn bind<'b>(value: &'b SqlValue, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
    match value {
        SqlValue::Integer(v) => out.push_bind_param::<Integer, _>(v),
        SqlValue::BigInt(v) => out.push_bind_param::<BigInt, _>(v),
        SqlValue::Text(v) => out.push_bind_param::<Text, _>(v),
        SqlValue::Boolean(v) => out.push_bind_param::<Bool, _>(v),
        SqlValue::Decimal(v) => out.push_bind_param::<Numeric, _>(v),
        SqlValue::Date(v) => out.push_bind_param::<Date, _>(v),
        SqlValue::Moment(v) => out.push_bind_param::<Timestamptz, _>(v),
        SqlValue::Uuid(v) => out.push_bind_param::<SqlUuid, _>(v),
        SqlValue::Integers(v) => out.push_bind_param::<Array<Integer>, _>(v),
        SqlValue::Texts(v) => out.push_bind_param::<Array<Text>, _>(v),
        SqlValue::Uuids(v) => out.push_bind_param::<Array<SqlUuid>, _>(v),
    }
}

impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}
