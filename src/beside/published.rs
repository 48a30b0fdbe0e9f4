//! What an instance says of its data to others: the operator's settings, in the
//! form in which the catalogue, config and the well-known addresses tell them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::config::{OpenDataSettings, ServiceSettings, code};
use crate::http::call::API_BASE;

/// What the operator has set, and what follows from it.
#[derive(Clone, Debug)]
pub struct Published {
    /// `{PUBLIC_URL}`, without a trailing slash.
    pub public_url: String,
    /// `{PUBLIC_URL}/malbild/v1`
    pub api_root: String,
    /// The municipality that this instance serves, four digits.
    pub municipality_code: String,
    /// The publisher, where there is one.
    pub publisher: Option<Publisher>,
    /// Who answers questions, where anything of it is set.
    pub contact: Option<Contact>,
    /// The licence of the data, where anything of it is set.
    pub licence: Option<Licence>,
    /// The largest body, in bytes.
    pub max_body_bytes: u64,
    /// How many exports there may be at once.
    pub export_max_concurrent: u16,
    /// How long one may take, in seconds.
    pub export_timeout_seconds: u64,
    /// What is set of the catalogue and of security.txt.
    pub settings: OpenDataSettings,
    /// Since when all this is so: these settings are those of the running program.
    pub since: DateTime<Utc>,
}

/// Who publishes the data (utgivare).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Publisher {
    /// The name.
    #[schema(example = "Östersunds kommun")]
    pub name: String,
    /// The organisation number, ten digits.
    #[schema(required, pattern = "^[0-9]{10}$", example = "2120002528")]
    pub organisation_number: Option<String>,
    /// The publisher's own site.
    #[schema(required, format = "uri", example = "https://www.ostersund.se")]
    pub url: Option<String>,
    /// The kind (ADMS publisher type).
    #[serde(skip)]
    pub kind: String,
}

/// Who answers questions (kontakt).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The name.
    #[schema(required, example = "Kommunledningsförvaltningen")]
    pub name: Option<String>,
    /// The address for e-mail.
    #[schema(required, format = "email", example = "oppnadata@example.se")]
    pub email: Option<String>,
    /// A page about them.
    #[schema(required, format = "uri", example = "https://www.ostersund.se/kontakt")]
    pub url: Option<String>,
}

/// The licence of the data (licens).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Licence {
    /// The name.
    #[schema(required, example = "CC0 1.0")]
    pub name: Option<String>,
    /// The text of it.
    #[schema(
        required,
        format = "uri",
        example = "http://creativecommons.org/publicdomain/zero/1.0/"
    )]
    pub url: Option<String>,
}

impl Published {
    /// What these settings say.
    pub fn new(settings: &ServiceSettings) -> Self {
        let own = &settings.open_data;
        let public_url = settings.public_url();
        Self {
            api_root: format!("{public_url}{API_BASE}"),
            public_url,
            municipality_code: settings.municipality_code.clone(),
            publisher: own.publisher_name.clone().map(|name| Publisher {
                name,
                organisation_number: own.publisher_organisation_number.clone(),
                url: own.publisher_url.clone(),
                kind: code(own.publisher_type),
            }),
            contact: contact(settings),
            licence: licence(settings),
            max_body_bytes: settings.max_body_bytes,
            export_max_concurrent: settings.export_max_concurrent,
            export_timeout_seconds: settings.export_timeout_seconds,
            settings: own.clone(),
            since: clock::now(),
        }
    }

    /// The address of a path outside the API root, such as `/robots.txt`.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}

fn contact(settings: &ServiceSettings) -> Option<Contact> {
    let contact = Contact {
        name: settings.contact_name.clone(),
        email: settings.contact_email.clone(),
        url: settings.contact_url.clone(),
    };
    let set = contact.name.is_some() || contact.email.is_some() || contact.url.is_some();
    set.then_some(contact)
}

fn licence(settings: &ServiceSettings) -> Option<Licence> {
    let licence = Licence {
        name: settings.licence_name.clone(),
        url: settings.licence_url.clone(),
    };
    let set = licence.name.is_some() || licence.url.is_some();
    set.then_some(licence)
}
