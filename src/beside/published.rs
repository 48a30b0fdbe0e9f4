//! What an instance says of its data to others: the operator's settings, in the
//! form in which the catalogue, config and the well-known addresses tell them.

use chrono::{DateTime, Utc};

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
    /// Who answers questions: name, e-mail, page.
    pub contact: [Option<String>; 3],
    /// The licence of the data: name, address.
    pub licence: [Option<String>; 2],
    /// The largest body, in bytes.
    pub max_body_bytes: u64,
    /// What is set of the catalogue and of security.txt.
    pub settings: OpenDataSettings,
    /// Since when all this is so: these settings are those of the running program.
    pub since: DateTime<Utc>,
}

/// Who publishes the data (utgivare).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// The name.
    pub name: String,
    /// The organisation number, ten digits.
    pub number: Option<String>,
    /// The kind (ADMS publisher type).
    pub kind: String,
    /// The publisher's own site.
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
                number: own.publisher_organisation_number.clone(),
                kind: code(own.publisher_type),
                url: own.publisher_url.clone(),
            }),
            contact: [
                settings.contact_name.clone(),
                settings.contact_email.clone(),
                settings.contact_url.clone(),
            ],
            licence: [settings.licence_name.clone(), settings.licence_url.clone()],
            max_body_bytes: settings.max_body_bytes,
            settings: own.clone(),
            since: clock::now(),
        }
    }

    /// The address of a path outside the API root, such as `/robots.txt`.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}
