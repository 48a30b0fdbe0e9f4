//! The condition for the rows beyond a place in an order.

use serde_json::Value;

use super::spec::{Kind, Member};
use crate::database::statement::{SqlValue, Statement};
use crate::decimal::Decimal;
use crate::http::text;

/// A member of the order, whether what comes beyond is smaller, and the value
/// at the place.
pub(super) type Place<'a> = (&'a Member, bool, Option<SqlValue>);

/// `(a, b) > (x, y)`: one comparison that an index can answer.
pub(super) fn beyond_row(places: &[Place<'_>]) -> Statement {
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
pub(super) fn beyond_steps(places: &[Place<'_>], backwards: bool) -> Statement {
    // What an index can seek by, so that a page costs the same at any depth.
    let seek = match places.first() {
        Some((first, descending, Some(value))) if !first.nullable => {
            let sign = if *descending { "<=" } else { ">=" };
            Statement::new(format!("{} {sign} ", first.column))
                .value(value.clone())
                .sql(" AND ")
        }
        _ => Statement::default(),
    };
    let mut condition = seek.sql("(false");
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

/// The value of a cursor as it is bound; `None` for one of another kind.
pub(super) fn bind(kind: Kind, value: &Value) -> Option<SqlValue> {
    match kind {
        Kind::Integer => value
            .as_i64()
            .and_then(|n| i32::try_from(n).ok())
            .map(SqlValue::Integer),
        Kind::Decimal => value
            .as_number()
            .and_then(|number| Decimal::parse(number.as_str()).ok())
            .map(SqlValue::Decimal),
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
