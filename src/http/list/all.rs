//! All rows of a list, for what has no pages.

use super::request::ListRequest;
use super::spec::Kind;
use crate::database::statement::Statement;
use crate::http::export::Column;
use crate::http::forms::Dialect;

impl ListRequest {
    /// The statement for all rows that the filters leave, in order.
    pub fn all(&self) -> Statement {
        self.selecting(&self.spec.columns())
    }

    /// The members that CSV has: those in `fields`, or else those that the list has
    /// without; `None` for all.
    pub fn csv_members(&self) -> Option<Vec<String>> {
        let own = self.spec.copied.filter(|_| self.fields.names().is_none());
        match own {
            Some(own) => Some(own.iter().map(|name| (*name).to_owned()).collect()),
            None => self.fields.names().map(<[String]>::to_vec),
        }
    }

    /// The members that make up the key.
    pub fn key(&self) -> &'static [&'static str] {
        self.spec.key
    }

    /// The statement by which PostgreSQL writes these columns itself, where it does.
    pub fn copied(&self, columns: &[&Column]) -> Option<Statement> {
        self.spec.copied?;
        let members: Vec<&str> = columns
            .iter()
            .map(|column| column.member.as_str())
            .collect();
        Some(self.all_as_text(&members))
    }

    /// The same, no more than `most` of them.
    pub fn at_most(&self, most: i64) -> Statement {
        self.all().sql(format!(" LIMIT {most}"))
    }

    /// The statement for these members of all rows, written as CSV has them.
    fn all_as_text(&self, members: &[&str]) -> Statement {
        let columns = members.iter().filter_map(|name| self.spec.member(name));
        let cells = columns.map(|member| cell(member.column, member.kind, self.dialect));
        self.selecting(&cells.collect::<Vec<_>>().join(", "))
    }

    fn selecting(&self, columns: &str) -> Statement {
        Statement::new(format!("SELECT {columns} FROM {}", self.spec.table))
            .then(self.where_clause())
            .sql(self.order_by(false))
    }
}

/// A column as a cell. Text is as it is: whoever passes it on guards it.
fn cell(column: &str, kind: Kind, dialect: Dialect) -> String {
    match kind {
        Kind::Decimal if dialect == Dialect::ExcelSv => {
            format!("replace(trim_scale({column})::text, '.', ',')")
        }
        Kind::Decimal => format!("trim_scale({column})"),
        Kind::Moment => {
            format!("to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        }
        Kind::Boolean => format!("{column}::text"),
        Kind::Integer | Kind::Date | Kind::Uuid | Kind::Text | Kind::Unsortable => {
            column.to_owned()
        }
    }
}
