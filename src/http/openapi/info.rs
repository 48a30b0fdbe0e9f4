//! What the document says of the API as a whole.

use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::external_docs::ExternalDocs;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Contact, ContactBuilder, Info, InfoBuilder, License, LicenseBuilder, Tag};

use super::{EXAMPLE_ROOT, Instance};
use crate::http::members::MAX_ELEMENTS;
use crate::http::trace::API_VERSION;
use crate::problem::Code;

/// The chapters about the API; what is in double braces is filled in.
const OVERVIEW: &str = include_str!("overview.md");

impl Instance {
    /// The instance of the committed document: nobody's.
    pub fn placeholder() -> Self {
        let placeholder = |text: &str| Some(text.to_owned());
        Self {
            api_root: EXAMPLE_ROOT.to_owned(),
            contact: [
                placeholder("The municipality's contact (placeholder)"),
                placeholder("oppnadata@example.se"),
                placeholder("https://oppnadata.example.se/kontakt"),
            ],
            licence: [
                placeholder("The licence of the data (placeholder)"),
                placeholder("https://oppnadata.example.se/licens"),
            ],
        }
    }

    fn contact(&self) -> Option<Contact> {
        let [name, email, url] = self.contact.clone();
        let set = name.is_some() || email.is_some() || url.is_some();
        set.then(|| {
            ContactBuilder::new()
                .name(name)
                .email(email)
                .url(url)
                .build()
        })
    }

    fn licence(&self) -> Option<License> {
        let [name, url] = self.licence.clone();
        // A licence must have a name; its address is the next best.
        let name = name.or_else(|| url.clone())?;
        Some(LicenseBuilder::new().name(name).url(url).build())
    }
}

/// Title, version, description, contact and licence.
pub(super) fn info(instance: &Instance) -> Info {
    let limitations = json!([
        "updatedSince does not show what was deleted; /changes does.",
        "Lists answer at most 1000 items (values 10000); walk on with _links.next.",
        "Keys are made by the operator on the command line, not over the API.",
    ]);
    InfoBuilder::new()
        .title("Målbild")
        .version(API_VERSION)
        .description(Some(description(instance)))
        .terms_of_service(Some(format!("{}/docs", instance.api_root)))
        .contact(instance.contact())
        .license(instance.licence())
        .extensions(Some(
            ExtensionsBuilder::new()
                .add("x-limitations", limitations)
                .build(),
        ))
        .build()
}

fn description(instance: &Instance) -> String {
    let [name, email, url] = &instance.contact;
    let contact = [name, email, url].map(|part| part.clone().unwrap_or_default());
    let contact: Vec<String> = contact
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let contact = if contact.is_empty() {
        "The operator of this instance has set no contact.".to_owned()
    } else {
        format!("{}.", contact.join(", "))
    };
    let licence = match &instance.licence {
        [None, None] => {
            "The operator of this instance has set no licence; ask before you reuse the data."
                .to_owned()
        }
        [Some(name), None] => format!("The data may be reused under: {name}."),
        [None, Some(url)] => format!("The data may be reused under {url}."),
        [Some(name), Some(url)] => format!("The data may be reused under: {name}, {url}."),
    };
    OVERVIEW
        .replace("{{contact}}", &contact)
        .replace("{{licence}}", &licence)
        .replace("{{problems}}", &problems())
        .replace("{{elements}}", &MAX_ELEMENTS.to_string())
        .trim_end()
        .to_owned()
}

/// A table of all problem codes.
fn problems() -> String {
    let mut table = "| Status | `code` | Meaning |\n| --- | --- | --- |".to_owned();
    for code in Code::ALL {
        table.push_str(&format!(
            "\n| {} | `{}` | {} |",
            code.status(),
            code.name(),
            code.meaning()
        ));
    }
    table
}

/// The groups of operations.
pub(super) fn tags() -> Vec<Tag> {
    let tags = [
        (
            "budgets",
            "Budgets (budgetar, en per budgetår): the council's decision for one year. The year is the key.",
        ),
        (
            "goals",
            "Goals (kommunövergripande mål): what the council wants the whole municipality to move towards, in one budget year, with the political text (politisk text).",
        ),
        (
            "assignments",
            "Assignments (uppdrag): what the council or a board has ordered, for all boards or for named ones.",
        ),
        (
            "boards",
            "Boards (nämnder och styrelser): the political bodies that answer for operations.",
        ),
        (
            "indicators",
            "Indicators (nyckeltal; indikatorer where a goal has a target for them): what is measured, and which goals each follows.",
        ),
        (
            "values",
            "Values (utfall, årsvärden): one figure for one municipality, year and gender, exact to the last digit.",
        ),
        (
            "targets",
            "Targets (målvärden): what is to be reached for a goal, by when, and from which baseline.",
        ),
        (
            "follow-up",
            "Follow-up (uppföljning) and comparison (jämförelse): series, progress and how municipalities compare. Read-only.",
        ),
        (
            "municipalities",
            "Municipalities (kommuner), regions (regioner) and the country (riket): whom a figure is about.",
        ),
        (
            "reports",
            "Reports (återrapporteringar): one board's answer on one assignment at one follow-up, and who has answered what (fulfilment, uppfyllelse).",
        ),
        (
            "assessments",
            "Assessments (bedömningar): a goal's judged status at one follow-up.",
        ),
        (
            "investments",
            "Investments (investeringar): money set aside for a goal in a year.",
        ),
        (
            "achievements",
            "Achievements (\"För att nå målet har vi bland annat\"): what was done to reach a goal.",
        ),
        (
            "municipality-groups",
            "Municipality groups (kommungrupper): municipalities to compare with.",
        ),
        (
            "changes",
            "Changes (ändringar): every change of every resource, in the order in which they were committed, for whoever keeps a copy.",
        ),
        (
            "webhooks",
            "Webhooks (webhookar): addresses that are told of changes as they happen. Not open to all: an admin writes, an editor reads.",
        ),
        (
            "documents",
            "Documents (dokument): the council's own document as text, read into goals and assignments.",
        ),
        (
            "api-info",
            "About the API (om API:et), as the national profile asks.",
        ),
    ];
    let tags = tags.map(|(name, description)| {
        TagBuilder::new()
            .name(name)
            .description(Some(description))
            .build()
    });
    tags.into()
}

/// The documentation for people.
pub(super) fn external_docs(instance: &Instance) -> ExternalDocs {
    let mut docs = ExternalDocs::new(format!("{}/docs", instance.api_root));
    docs.description = Some(
        "The documentation as a page (dokumentationen som webbsida), with service level (SLA) and terms"
            .to_owned(),
    );
    docs
}

/// The name of the security scheme.
pub(super) const SCHEME: &str = "key";

/// How writers authenticate.
pub(super) fn security() -> SecurityScheme {
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("mb_ and 43 characters of base64url")
        .description(Some(
            "A key (API-nyckel) of the operator's: `Authorization: Bearer mb_…`. The operator makes it with `malbild keys create --name CLIENT --role admin|editor|board [--board BOARD] --expires DATE`; it is shown once and kept only as a hash. A client may have two valid keys, so that one can be replaced without a pause: make the new one, use it, revoke the old one. Reads need none.",
        ))
        .build();
    SecurityScheme::Http(scheme)
}
