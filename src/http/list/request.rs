//! What a client may ask of a list.

use serde_json::Value;

use super::load::Counted;
use super::paging::Paging;
use super::spec::{ListSpec, Order, SHARED};
use crate::database::statement::{SqlValue, Statement};
use crate::http::call::Call;
use crate::http::cursor::Cursor;
use crate::http::export::NO_COLUMNS;
use crate::http::fields::Fields;
use crate::http::forms::{Dialect, Form};
use crate::http::query::Query;
use crate::http::text;
use crate::problem::Problem;

/// Where the answer begins.
#[derive(Debug)]
pub(super) enum Start {
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
    /// The form of the answer.
    pub form: Form,
    /// How CSV is written.
    pub dialect: Dialect,
    pub(super) spec: &'static ListSpec,
    pub(super) order: Vec<Order<'static>>,
    pub(super) start: Start,
    pub(super) fingerprint: String,
    pub(super) filter: Statement,
    pub(super) filters: usize,
    /// The members that the filters leave only one value of.
    pub(super) fixed: Vec<&'static str>,
}

/// The parameters that a list knows.
fn known(spec: &ListSpec) -> Vec<&'static str> {
    let shared = SHARED.iter().chain(spec.of_forms());
    shared.chain(spec.filters).copied().collect()
}

impl ListRequest {
    /// Reads the parameters of a list; 400 for what it does not know.
    pub fn read(call: &Call, spec: &'static ListSpec) -> Result<Self, Problem> {
        let query = call.query_as_of(&known(spec))?;
        Self::of(call, spec, query)
    }

    /// The same for a list that has no past: without `asOf`.
    pub fn read_now(call: &Call, spec: &'static ListSpec) -> Result<Self, Problem> {
        let query = call.query(&known(spec))?;
        Self::of(call, spec, query)
    }

    fn of(call: &Call, spec: &'static ListSpec, query: Query) -> Result<Self, Problem> {
        let fields = Fields::read(&query, &spec.field_names())?;
        let order = match query.get("sort") {
            None => spec.order(spec.order),
            Some(raw) => spec.order(&raw.split(',').collect::<Vec<_>>()),
        }
        .ok_or_else(|| Problem::query(format!("sort takes {}", spec.sort_names().join(", "))))?;
        // Only a search can be so long, and the links repeat it.
        query.one("q", |raw| {
            (raw.chars().count() <= text::LONGEST_SEARCH).then_some(())
        })?;
        let form = call.form(&query, spec.forms)?;
        let dialect = Dialect::read(&query, form)?;
        fits(&query, &fields, form)?;
        let Paging {
            page,
            limit,
            start,
            fingerprint,
        } = Paging::read(call, &query, spec.max_limit)?;
        let mut request = Self {
            query,
            fields,
            page,
            limit,
            form,
            dialect,
            spec,
            order,
            start,
            fingerprint,
            filter: Statement::default(),
            filters: 0,
            fixed: Vec::new(),
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

    /// Leaves only rows whose `member` is what the path says.
    pub fn within(&mut self, member: &'static str, value: SqlValue) -> Result<(), Problem> {
        self.filter_any(member, value)?;
        // Every request of this path has it, so it makes no more statements.
        self.filters -= 1;
        Ok(())
    }

    /// Leaves only rows whose `member` is one of these values. One value fixes
    /// the member: the rows then need no order by it, and an index that begins
    /// with it serves what is left of the order.
    pub fn filter_any(&mut self, member: &'static str, values: SqlValue) -> Result<(), Problem> {
        let found = self.spec.member(member).ok_or_else(Problem::internal)?;
        let value = values.alone();
        if !value.is_array() {
            self.fixed.push(member);
        }
        self.filter(Statement::is(found.column, value));
        Ok(())
    }

    /// Leaves only rows whose `member` is one of the words in the parameter of
    /// the same name, each read by `read`.
    pub fn filter_words<T>(
        &mut self,
        member: &'static str,
        read: impl Fn(&str) -> Option<T>,
        word: impl Fn(T) -> String,
    ) -> Result<(), Problem> {
        if let Some(values) = self.query.list(member, read)? {
            let words = values.into_iter().map(word).collect();
            self.filter_any(member, SqlValue::Texts(words))?;
        }
        Ok(())
    }

    /// Leaves only rows whose `member` is one of the years in the parameter of
    /// the same name.
    pub fn filter_years(&mut self, member: &'static str) -> Result<(), Problem> {
        if let Some(years) = self.query.list(member, text::year)? {
            self.filter_any(member, SqlValue::Integers(years))?;
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
}

/// 400 for what does not go with a form.
fn fits(query: &Query, fields: &Fields, form: Form) -> Result<(), Problem> {
    let refused: &[&str] = match form {
        Form::Json => return Ok(()),
        Form::JsonStat => &["page", "limit", "cursor", "fields", "sort"],
        _ => &["page", "limit", "cursor"],
    };
    let word = form.word();
    if let Some(name) = refused.iter().find(|name| query.get(name).is_some()) {
        return Err(Problem::query(format!(
            "{name} does not go with {word}, which has all rows of the filter in an order of its own or that of sort"
        )));
    }
    let is_table = matches!(form, Form::Csv | Form::Csvw | Form::Xlsx);
    let mut named = fields.names().unwrap_or_default().iter();
    match named.find(|name| is_table && NO_COLUMNS.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(Problem::query(format!("{name} is no column of a table"))),
    }
}

/// A whole number of plain digits; one too large for the machine is its largest.
pub(super) fn whole(raw: &str) -> Option<i64> {
    if raw.is_empty() || !raw.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(raw.parse().unwrap_or(i64::MAX))
}
