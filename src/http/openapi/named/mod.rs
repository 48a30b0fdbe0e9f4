//! What is said of a parameter wherever it occurs: one line for each name. Where
//! one list means something else by a name, it has a line of its own under the
//! list's table: `municipalities/kind`.

mod paths;
mod queries;

use paths::IN_PATHS;
use queries::IN_QUERIES;
use serde_json::{Value, json};
use utoipa::openapi::path::ParameterBuilder;
use utoipa::openapi::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use crate::http::text::{LONGEST_SEARCH, YEARS};

/// A parameter with all that is said of it.
struct Known {
    name: &'static str,
    description: &'static str,
    shape: Shape,
    example: &'static str,
}

/// What a parameter's value looks like.
#[derive(Clone, Copy)]
enum Shape {
    Year,
    Uuid,
    Moment,
    Boolean,
    Text,
    Search,
    Pattern(&'static str),
}

/// The key of a goal in examples.
pub(super) const GOAL: &str = "01941f29-7c00-7a3e-b2f4-6d2a4c1e9b11";
/// The key of an assignment in examples.
pub(super) const ASSIGNMENT: &str = "01941f29-7c00-7b5d-9a41-0f6c2d8e7a22";
/// The key of a target in examples.
pub(super) const TARGET: &str = "01941f29-7c00-7c8f-8d13-5b9e3a7f6c33";

const fn known(
    name: &'static str,
    shape: Shape,
    example: &'static str,
    description: &'static str,
) -> Known {
    Known {
        name,
        description,
        shape,
        example,
    }
}

/// The parameter of a path with this name.
pub(super) fn in_path(name: &str) -> ParameterBuilder {
    find(IN_PATHS, name, name)
}

/// The parameter of a query with this name, in the lists of this table.
pub(super) fn in_query(table: &str, name: &str) -> ParameterBuilder {
    find(IN_QUERIES, &format!("{table}/{name}"), name)
}

/// A name that is in no table is left bare; a test finds it undescribed.
fn find(known: &[Known], qualified: &str, name: &str) -> ParameterBuilder {
    let called = |wanted: &str| known.iter().find(|known| known.name == wanted);
    called(qualified)
        .or_else(|| called(name))
        .map_or_else(ParameterBuilder::new, Known::parameter)
        .name(name)
}

impl Known {
    fn parameter(&self) -> ParameterBuilder {
        ParameterBuilder::new()
            .description(Some(self.description))
            .schema(Some(self.schema()))
            .example(Some(self.example()))
    }

    fn example(&self) -> Value {
        match self.shape {
            Shape::Year | Shape::Boolean => {
                serde_json::from_str(self.example).unwrap_or_else(|_| json!(self.example))
            }
            _ => json!(self.example),
        }
    }

    fn schema(&self) -> Schema {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let schema = match self.shape {
            Shape::Year => ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                .minimum(Some(*YEARS.start()))
                .maximum(Some(*YEARS.end())),
            Shape::Uuid => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
            Shape::Moment => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
            Shape::Boolean => ObjectBuilder::new().schema_type(Type::Boolean),
            Shape::Text => text,
            Shape::Search => text.max_length(Some(LONGEST_SEARCH)),
            Shape::Pattern(pattern) => text.pattern(Some(pattern)),
        };
        schema.build().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_lists_own_table_comes_before_that_of_the_name() {
        let lines = [
            known("kind", Shape::Text, "a", "Of any list."),
            known("towns/kind", Shape::Text, "b", "Of towns."),
        ];
        for (table, expected) in [("towns", "Of towns."), ("roads", "Of any list.")] {
            let found = find(&lines, &format!("{table}/kind"), "kind").build();
            assert_eq!(found.name, "kind");
            assert_eq!(found.description.as_deref(), Some(expected));
        }
        let unknown = find(&lines, "towns/size", "size").build();
        assert_eq!((unknown.name.as_str(), unknown.description), ("size", None));
    }
}
