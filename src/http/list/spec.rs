//! What the lists of a resource can do: its members and how they are kept.

use crate::http::forms::{DIALECT, FORMAT, Form};

/// How a member is kept, and so how it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `integer`
    Integer,
    /// `numeric`
    Decimal,
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
    pub(super) name: &'static str,
    pub(super) column: &'static str,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
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
    /// SQL for the number of all rows, where counting them would take too
    /// long; `None` counts.
    pub total: Option<&'static str>,
    /// The forms it can have.
    pub forms: &'static [Form],
    /// Where PostgreSQL writes the CSV by itself, because there may be very many rows:
    /// the members that it has without `fields`. All members are plain columns then.
    pub copied: Option<&'static [&'static str]>,
}

/// The members that every resource has.
const STAMPS: [Member; 2] = [
    Member::required("createdAt", "created_at", Kind::Moment),
    Member::required("updatedAt", "updated_at", Kind::Moment),
];
/// The members that are no columns.
const DERIVED: [&str; 2] = ["etag", "_links"];
/// The parameters that every list has.
pub const SHARED: [&str; 6] = ["page", "limit", "cursor", "sort", "fields", "updatedSince"];
/// The parameters of a list that has more forms than JSON.
const OF_FORMS: [&str; 2] = [FORMAT, DIALECT];

impl ListSpec {
    pub(super) fn member(&self, name: &str) -> Option<&Member> {
        self.members
            .iter()
            .chain(&STAMPS)
            .find(|member| member.name == name)
    }

    /// The name of the member that is kept in this column; `None` for those
    /// that every resource has.
    pub fn member_in(&self, column: &str) -> Option<&'static str> {
        let members: &'static [Member] = self.members;
        let found = members.iter().find(|member| member.column == column);
        found.map(|member| member.name)
    }

    /// The column that the member of this name is kept in, and how.
    pub fn kept(&self, member: &str) -> Option<(&'static str, Kind)> {
        let members: &'static [Member] = self.members;
        let found = members.iter().find(|found| found.name == member);
        found.map(|found| (found.column, found.kind))
    }

    /// The parameters that choose the form, where it has more than one.
    pub fn of_forms(&self) -> &'static [&'static str] {
        match self.forms {
            [_] => &[],
            _ => &OF_FORMS,
        }
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

    pub(super) fn columns(&self) -> String {
        let columns: Vec<&str> = self
            .members
            .iter()
            .chain(&STAMPS)
            .map(|member| member.column)
            .collect();
        format!("{}, version", columns.join(", "))
    }

    pub(super) fn order(&self, names: &[&str]) -> Option<Vec<Order<'_>>> {
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

/// One member of an order, and its direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    pub(super) member: &'a Member,
    pub(super) descending: bool,
}
