//! A few rows that are there already, in the forms of a list.

use actix_web::HttpResponse;
use serde_json::Value;

use super::columns::Column;
use super::head::Head;
use super::{csv, csvw};
use crate::http::call::Call;
use crate::http::forms::{Dialect, Form};
use crate::http::query::Query;
use crate::problem::Problem;

/// A small table: what was asked, and which columns it has.
pub struct Few<'a> {
    /// The parameters as they came.
    pub query: &'a Query,
    /// The form of the answer.
    pub form: Form,
    /// How CSV is written.
    pub dialect: Dialect,
    /// The schema that the members are of.
    pub schema: &'static str,
    /// The members, each a column.
    pub members: &'static [&'static str],
    /// Those of them that make up the key.
    pub key: &'static [&'static str],
}

impl Few<'_> {
    /// Answers these items, which have the members.
    pub fn answer(
        &self,
        call: &Call,
        head: &Head,
        items: &[Value],
    ) -> Result<HttpResponse, Problem> {
        let all = call.service.tables.of(self.schema);
        let named = |name: &&str| all.iter().find(|column| column.name == **name);
        let columns: Vec<&Column> = self.members.iter().filter_map(named).collect();
        let mut body = Vec::new();
        match self.form {
            Form::Csv => {
                body = csv::header(&columns, self.dialect)?;
                for item in items {
                    csv::row(item, &columns, self.dialect, &mut body)?;
                }
            }
            Form::Csvw => {
                let table = head.table(call, self.query, self.key);
                let about = csvw::metadata(&table, &columns, self.dialect);
                body = serde_json::to_vec(&about).map_err(|_| Problem::internal())?;
            }
            _ => {
                for item in items {
                    serde_json::to_writer(&mut body, item).map_err(|_| Problem::internal())?;
                    body.push(b'\n');
                }
            }
        }
        Ok(head.whole(call, body))
    }
}
