//! How the record's names are those of the API: of a resource, its key and its
//! members.

use serde_json::{Map, Value};

use crate::http::conditional::version_tag;
use crate::http::list::{Kind, ListSpec};
use crate::resources::{
    achievements, assessments, assignments, boards, budgets, goal_indicators, goals, indicators,
    investments, municipalities, municipality_groups, reports, targets, values,
};

/// A resource that the feed tells of.
#[derive(Debug)]
pub struct Recorded {
    /// Its name in the API, and in the record.
    pub name: &'static str,
    /// The columns of its key, in order.
    columns: &'static [&'static str],
    /// The path of one of them, with the members of its key.
    template: &'static str,
    spec: &'static ListSpec,
}

const fn resource(
    name: &'static str,
    columns: &'static [&'static str],
    template: &'static str,
    spec: &'static ListSpec,
) -> Recorded {
    Recorded {
        name,
        columns,
        template,
        spec,
    }
}

/// Every resource that the feed tells of. Keys and webhooks are nobody's business.
pub const RESOURCES: &[Recorded] = &[
    resource(
        "budgets",
        &["budget_year"],
        "/budgets/{budgetYear}",
        &budgets::LIST,
    ),
    resource("boards", &["board_id"], "/boards/{boardId}", &boards::LIST),
    resource("goals", &["goal_id"], "/goals/{goalId}", &goals::LIST),
    resource(
        "assignments",
        &["assignment_id"],
        "/assignments/{assignmentId}",
        &assignments::LIST,
    ),
    resource(
        "municipalities",
        &["municipality_code"],
        "/municipalities/{municipalityCode}",
        &municipalities::LIST,
    ),
    resource(
        "indicators",
        &["indicator_code"],
        "/indicators/{indicatorCode}",
        &indicators::LIST,
    ),
    resource(
        "goal-indicators",
        &["goal_id", "indicator_code"],
        "/goals/{goalId}/indicators/{indicatorCode}",
        &goal_indicators::LIST,
    ),
    resource(
        "values",
        &["indicator_code", "municipality_code", "year", "gender"],
        "/indicators/{indicatorCode}/values/{municipalityCode}/{year}/{gender}",
        &values::LIST,
    ),
    resource(
        "targets",
        &["target_id"],
        "/targets/{targetId}",
        &targets::LIST,
    ),
    resource(
        "reports",
        &["assignment_id", "board_id", "year", "period"],
        "/assignments/{assignmentId}/reports/{boardId}/{year}/{period}",
        &reports::LIST,
    ),
    resource(
        "assessments",
        &["goal_id", "year", "period"],
        "/assessments/{goalId}/{year}/{period}",
        &assessments::LIST,
    ),
    resource(
        "investments",
        &["investment_id"],
        "/investments/{investmentId}",
        &investments::LIST,
    ),
    resource(
        "achievements",
        &["achievement_id"],
        "/achievements/{achievementId}",
        &achievements::LIST,
    ),
    resource(
        "municipality-groups",
        &["group_id"],
        "/municipality-groups/{groupId}",
        &municipality_groups::LIST,
    ),
];

/// The resource of this name, if the feed tells of it.
pub fn recorded(name: &str) -> Option<&'static Recorded> {
    RESOURCES.iter().find(|resource| resource.name == name)
}

impl Recorded {
    /// The member that is kept in this column, if a client writes it; `role` is
    /// the link's that the record tells of.
    pub fn member(&self, column: &str) -> Option<&'static str> {
        self.spec
            .member_in(column)
            .filter(|_| !self.columns.contains(&column))
    }

    /// The table that it is kept in.
    pub fn table(&self) -> &'static str {
        self.spec.table
    }

    /// The column of a member that a client writes.
    pub fn column(&self, member: &str) -> Option<&'static str> {
        let (column, _) = self.spec.kept(member)?;
        (!self.columns.contains(&column)).then_some(column)
    }

    /// A member of the key as the record has it: its column and its value.
    pub fn key_part(&self, member: &str, raw: &str) -> Option<(&'static str, Value)> {
        let (column, kind) = self.spec.kept(member)?;
        let value = match kind {
            Kind::Integer => Value::from(raw.parse::<i32>().ok()?),
            _ => Value::from(raw),
        };
        self.columns.contains(&column).then_some((column, value))
    }

    /// The key with the names of its members.
    pub(super) fn key(&self, columns: &Value) -> Map<String, Value> {
        let members = self.columns.iter().filter_map(|column| {
            let name = self.spec.member_in(column)?;
            Some((name.to_owned(), columns.get(column)?.clone()))
        });
        members.collect()
    }

    /// The path of the one with this key, below the API root.
    pub(super) fn path(&self, key: &Map<String, Value>) -> String {
        let filled = |path: String, (name, value): (&String, &Value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            path.replace(&format!("{{{name}}}"), &value)
        };
        key.iter().fold(self.template.to_owned(), filled)
    }

    /// The ETag of one with this version, unquoted.
    pub(super) fn tag(&self, version: i64) -> String {
        version_tag(self.name, version)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_thing_s_path_holds_the_members_of_its_key() {
        let values = recorded("values").expect("values");
        let key = values.key(&json!({"year": 2022, "gender": "T", "indicator_code": "N01951", "municipality_code": "2380"}));
        let names: Vec<&String> = key.keys().collect();
        assert_eq!(
            names,
            ["indicatorCode", "municipalityCode", "year", "gender"]
        );
        assert_eq!(values.path(&key), "/indicators/N01951/values/2380/2022/T");
    }

    #[test]
    fn every_part_of_every_key_is_a_member_and_stands_in_the_path() {
        for resource in RESOURCES {
            let names: Vec<&str> = resource
                .columns
                .iter()
                .map(|column| resource.spec.member_in(column).expect(column))
                .collect();
            for name in &names {
                let part = format!("{{{name}}}");
                assert!(
                    resource.template.contains(&part),
                    "{}: {name}",
                    resource.name
                );
            }
            assert_eq!(resource.template.matches('{').count(), names.len());
        }
    }
}
