//! The history of one thing (historik): its versions out of the record of
//! changes, the newest first, each with what changed.

mod changed_values;
mod handlers;
mod load;

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::ObjectBuilder;
use uuid::Uuid;

pub use changed_values::{ChangedValues, changed_values};
pub use handlers::operations;

use self::load::{Loaded, Thing};
use crate::auth::{Role, Writer};
use crate::changes::Action;
use crate::http::call::Call;
use crate::http::list::Paging;
use crate::http::page::{self, Page, PageMeta};
use crate::problem::Problem;

/// The most versions in an answer.
const MAX_LIMIT: i64 = 1000;

/// One version of something, and what made it so: all that one commit did to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "validFrom": "2024-05-23T08:30:00.123456Z", "validTo": null, "action": "updated",
    "changes": [{"field": "position", "before": 1, "after": 2}]
}))]
pub struct Version {
    /// When it came to hold: the time of the commit.
    #[schema(example = "2024-05-23T08:30:00.123456Z")]
    pub valid_from: DateTime<Utc>,
    /// When the next version came to hold; null for the one that holds.
    #[schema(required, example = "2024-06-01T08:30:00.123456Z")]
    pub valid_to: Option<DateTime<Utc>>,
    /// What was done.
    pub action: Action,
    /// The members that changed, and their values before and after. Of what was
    /// made those that are not null after, of what was deleted those that were
    /// not null before.
    pub changes: Vec<MemberChange>,
    /// Whose change it was. Only for keys of role `admin` or `editor`; else it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actor: Option<VersionActor>,
}

/// One member that changed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberChange {
    /// The member's name.
    #[schema(example = "position")]
    pub field: String,
    /// Its value before, in the API's form.
    #[schema(required, schema_with = any_value)]
    pub before: Value,
    /// Its value after, in the API's form.
    #[schema(required, schema_with = any_value)]
    pub after: Value,
}

fn any_value() -> utoipa::openapi::Object {
    ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::AnyValue)
        .description(Some("The member's value, in the API's form."))
        .examples([json!(1)])
        .build()
}

/// Whose change something was: a key's, the command line's (`operator`, `sample`),
/// or, where all is null, that of somebody with a way of his own into the database.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionActor {
    /// The role that the key had, or `operator` or `sample`.
    #[schema(required, example = "editor")]
    pub role: Option<String>,
    /// Which key it was; `malbild keys list` tells whose.
    #[schema(required, example = "01941f29-7c00-7e00-8000-5d2c4b6a8f77")]
    pub key_id: Option<Uuid>,
    /// The trace of the request.
    #[schema(required, example = "4bf92f3577b34da6a3ce929d0e0e4736")]
    pub trace_id: Option<String>,
}

/// A list of versions.
pub type VersionPage = Page<Version>;

/// Answers the history of one thing, of which `content` tells the members of a row.
async fn answer<R>(
    call: &Call,
    reader: Option<Writer>,
    thing: Result<Thing, Problem>,
    content: impl Fn(R) -> serde_json::Result<Value>,
) -> Result<HttpResponse, Problem>
where
    R: QueryableByName<Pg> + Send + 'static,
{
    let query = call.query(&["page", "limit", "cursor"])?;
    let paging = Paging::read(call, &query, MAX_LIMIT)?;
    let thing = thing?;
    let database = &call.service.database;
    let work = database.read_snapshot(move |connection| {
        Box::pin(async move {
            let loaded = load::page::<R>(connection, &thing, &paging).await?;
            Ok((paging, loaded))
        })
    });
    let (paging, loaded) = work.await?;
    // Persons are behind the keys: who they are is nobody's but the editors'.
    let trusted = reader.is_some_and(|reader| reader.role != Role::Board);
    let meta = PageMeta {
        total_records: loaded.total,
        page: paging.page,
        limit: paging.limit,
        count: loaded.entries.len(),
        source: call.root().to_string(),
        licence: call.service.licence.clone(),
        attribution: None,
    };
    let links = page::links(call, &query, &meta, |backwards| {
        let place = loaded.place(backwards)?;
        Some(paging.cursor_at(vec![json!(place)], backwards).encode())
    });
    let headers = page::headers(call, &links);
    let items = versions(loaded, trusted, content).map_err(|_| Problem::internal())?;
    call.view_for(trusted, &Page { items, meta, links }, &headers)
}

/// The versions as they are shown; with the actors to whoever is `trusted`.
fn versions<R>(
    loaded: Loaded<R>,
    trusted: bool,
    content: impl Fn(R) -> serde_json::Result<Value>,
) -> serde_json::Result<Vec<Version>> {
    let mut before = loaded.before.into_iter();
    let mut after = loaded.after.into_iter();
    let next = |rows: &mut std::vec::IntoIter<R>, there: bool| match there {
        true => rows.next().map(&content).transpose(),
        false => Ok(None),
    };
    let mut versions = Vec::with_capacity(loaded.entries.len());
    for entry in loaded.entries {
        let old = next(&mut before, !entry.is_made)?;
        let new = next(&mut after, !entry.is_gone)?;
        versions.push(Version {
            valid_from: entry.committed_at,
            valid_to: entry.next_at,
            action: match (entry.is_made, entry.is_gone) {
                (true, _) => Action::Created,
                (_, true) => Action::Deleted,
                _ => Action::Updated,
            },
            changes: changes(old, new),
            actor: trusted.then_some(VersionActor {
                role: entry.actor_role,
                key_id: entry.actor_key_id,
                trace_id: entry.trace_id,
            }),
        });
    }
    Ok(versions)
}

/// What differs between two contents, by member; none has nothing but nulls.
fn changes(before: Option<Value>, after: Option<Value>) -> Vec<MemberChange> {
    let members = |content: Option<Value>| match content {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let (mut before, mut after) = (members(before), members(after));
    let names: Vec<String> = if after.is_empty() { &before } else { &after }
        .keys()
        .cloned()
        .collect();
    names
        .into_iter()
        .filter_map(|field| {
            let before = before.remove(&field).unwrap_or_default();
            let after = after.remove(&field).unwrap_or_default();
            (before != after).then_some(MemberChange {
                field,
                before,
                after,
            })
        })
        .collect()
}
