//! `fields`: which members of an answer a client wants.

use serde_json::Value;

use super::query::Query;
use crate::problem::Problem;

/// Which members the client asked for with `fields`.
#[derive(Clone, Debug, Default)]
pub struct Fields(Option<Vec<String>>);

impl Fields {
    /// Reads `fields=a,b`; 400 for a member that is not in `known`.
    pub fn read(query: &Query, known: &[&str]) -> Result<Self, Problem> {
        query
            .list("fields", |name| {
                known.contains(&name).then(|| name.to_owned())
            })
            .map(Self)
    }

    /// The members asked for, or `None` for all.
    pub fn names(&self) -> Option<&[String]> {
        self.0.as_deref()
    }

    /// Those members of an object.
    pub fn select(&self, value: Value) -> Value {
        match (&self.0, value) {
            (Some(names), Value::Object(mut object)) => {
                object.retain(|name, _| names.contains(name));
                Value::Object(object)
            }
            (_, value) => value,
        }
    }
}
