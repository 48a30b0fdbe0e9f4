//! Webhooks: addresses that are told of changes as they happen, in the order of
//! the feed and with the feed's events, as the Standard Webhooks specification
//! says.

mod actions;
mod deliverer;
mod deliveries;
mod events;
mod handlers;
mod secrets;
mod states;
mod store;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::{Array, ArrayBuilder, ObjectBuilder, Type};
use uuid::Uuid;

pub use actions::{Replay, ReplayContent, WebhookSecret, WebhookTest};
pub use deliverer::Deliverer;
pub use deliveries::{Delivery, DeliveryOutcome, DeliveryPage};
pub use events::WebhookEvent;
pub use handlers::operations;

use crate::database::schema::webhooks;
use crate::database::text_enum::Choice;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;
use crate::outgoing::{Reach, judge};
use crate::resources::Stamps;

crate::text_enum! {
    /// A resource whose changes are told, by its name in the feed.
    pub enum Watched {
        /// Budgets.
        Budgets = "budgets",
        /// Boards.
        Boards = "boards",
        /// Goals.
        Goals = "goals",
        /// Assignments.
        Assignments = "assignments",
        /// Municipalities.
        Municipalities = "municipalities",
        /// Indicators.
        Indicators = "indicators",
        /// The links of goals to indicators, with their role.
        GoalIndicators = "goal-indicators",
        /// Values.
        Values = "values",
        /// Targets.
        Targets = "targets",
        /// Reports.
        Reports = "reports",
        /// Assessments.
        Assessments = "assessments",
        /// Investments.
        Investments = "investments",
        /// Achievements.
        Achievements = "achievements",
        /// Municipality groups.
        MunicipalityGroups = "municipality-groups",
    }
}

/// What a client writes of a webhook.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Serialize,
    ToSchema,
    Queryable,
    Selectable,
    QueryableByName,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = webhooks, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "url": "https://hooks.example.se/malbild", "resources": ["goals", "assignments"],
    "description": "Exempel: e-tjänsten", "active": true
}))]
pub struct WebhookContent {
    /// Where the deliveries go: an https address without user, password and
    /// fragment, that leads to a public address. (An operator can open the inner
    /// network, and http.)
    #[schema(
        format = "uri",
        max_length = 2000,
        example = "https://hooks.example.se/malbild"
    )]
    pub url: String,
    /// Whose changes are told; an empty list means those of every resource.
    #[schema(schema_with = resources_schema)]
    pub resources: Vec<Watched>,
    /// What it is for.
    #[schema(min_length = 1, max_length = 5000, example = "Exempel: e-tjänsten")]
    pub description: Option<String>,
    /// Whether changes are delivered; `true` where nothing is said. The service
    /// makes it `false` when the address has failed for 24 hours; `true` goes on
    /// from where the deliveries stopped.
    #[schema(required = false, default = true)]
    pub active: bool,
}

fn resources_schema() -> Array {
    let element = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(Watched::WORDS.iter().copied()));
    ArrayBuilder::new()
        .items(element)
        .description(Some(
            "The resources whose changes are told, none twice, by their names in `/changes`; `[]` means all of them, also those that come later.",
        ))
        .examples([json!(["goals", "assignments"])])
        .build()
}

/// A webhook: an address that is told of changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"pausedAt": null, "pausedReason": null}))]
pub struct Webhook {
    /// The key.
    #[schema(example = "01941f29-7c00-7e11-9b3c-2d4f6a8c0e66")]
    pub webhook_id: Uuid,
    /// What was written.
    #[serde(flatten)]
    pub content: WebhookContent,
    /// What the service has noted.
    #[serde(flatten)]
    pub pause: Pause,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// When and why the service stopped delivering.
#[derive(
    Clone, Debug, Default, PartialEq, Serialize, ToSchema, Queryable, Selectable, QueryableByName,
)]
#[diesel(table_name = webhooks)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    /// When the service made it inactive; null unless it did.
    #[schema(read_only, example = "2024-05-24T08:30:00Z")]
    pub paused_at: Option<DateTime<Utc>>,
    /// Why the service made it inactive; null unless it did.
    #[schema(
        read_only,
        example = "deliveries failed for 24 hours; the last time: the receiver answered 500"
    )]
    pub paused_reason: Option<String>,
}

/// A webhook that has just been made, with its secret, which is shown here and
/// never again.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"pausedAt": null, "pausedReason": null}))]
pub struct NewWebhook {
    /// The key.
    #[schema(example = "01941f29-7c00-7e11-9b3c-2d4f6a8c0e66")]
    pub webhook_id: Uuid,
    /// What deliveries are signed with: `whsec_` and 32 random bytes in base64.
    /// Keep it: the service shows it this once.
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=")]
    pub secret: String,
    /// What was written.
    #[serde(flatten)]
    pub content: WebhookContent,
    /// What the service has noted.
    #[serde(flatten)]
    pub pause: Pause,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of webhooks.
pub type WebhookPage = Page<Webhook>;

/// A webhook as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = webhooks)]
pub struct WebhookRow {
    /// The key.
    pub webhook_id: Uuid,
    /// What was written.
    #[diesel(embed)]
    pub content: WebhookContent,
    /// What the service has noted.
    #[diesel(embed)]
    pub pause: Pause,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of webhooks can do.
pub const LIST: ListSpec = ListSpec {
    table: "webhooks",
    members: &[
        Member::required("webhookId", "webhook_id", Kind::Uuid),
        Member::required("url", "url", Kind::Text),
        Member::required("resources", "resources", Kind::Unsortable),
        Member::optional("description", "description", Kind::Unsortable),
        Member::required("active", "active", Kind::Boolean),
        Member::optional("pausedAt", "paused_at", Kind::Moment),
        Member::optional("pausedReason", "paused_reason", Kind::Unsortable),
    ],
    order: &["webhookId"],
    key: &["webhookId"],
    filters: &["active"],
    max_limit: 1000,
    total: None,
    forms: forms::JSON,
    copied: None,
};

impl WebhookContent {
    /// Reads a body, noting every fault that can be seen in it alone. An address
    /// that is `known` stands already: it is not judged again, so that what else
    /// there is can be changed when the operator has closed the inner network.
    pub fn read(members: &mut Members<'_>, reach: Reach, known: Option<&str>) -> Self {
        for name in ["pausedAt", "pausedReason", "secret"] {
            members.read_only(name);
        }
        let url = members.required_url("url");
        if !members.faulty("url")
            && known != Some(url.as_str())
            && let Err((code, detail)) = judge(&url, reach)
        {
            members.fault("url", code, detail);
        }
        Self {
            url,
            resources: members.required_choices("resources", Watched::Goals),
            description: members.long_text("description", text::NOTE),
            active: members.boolean("active").unwrap_or(true),
        }
    }
}

impl WebhookRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("webhooks", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    pub fn listed(self, root: &Root) -> Webhook {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    /// The webhook as an answer has it; `etag` is for where it is one of many.
    pub fn shown(self, root: &Root, etag: Option<String>) -> Webhook {
        let id = self.webhook_id.to_string();
        let links = Linker::resource(root, "webhooks", &id)
            .link(
                "deliveries",
                "related",
                format!("/webhooks/{id}/deliveries"),
            )
            .done();
        Webhook {
            webhook_id: self.webhook_id,
            content: self.content,
            pause: self.pause,
            stamps: Stamps {
                created_at: self.created_at,
                updated_at: self.updated_at,
                etag,
                links,
            },
        }
    }
}

impl Webhook {
    /// The same with its secret, for the one answer that shows it.
    pub fn with_secret(self, secret: String) -> NewWebhook {
        NewWebhook {
            webhook_id: self.webhook_id,
            secret,
            content: self.content,
            pause: self.pause,
            stamps: self.stamps,
        }
    }
}
