//! `malbild openapi`

use clap::Args;

use crate::app;
use crate::config::ServiceSettings;
use crate::http::openapi;

/// What `malbild openapi` can be told.
#[derive(Args, Clone, Debug)]
pub(super) struct Openapi {
    /// As YAML, not JSON
    #[arg(long)]
    yaml: bool,
}

impl Openapi {
    /// Prints the document for these settings.
    pub(super) fn run(self, settings: &ServiceSettings) -> Result<(), String> {
        let document = openapi::document(&app::operations(), &app::instance(settings));
        let text = if self.yaml {
            document.to_yaml().map_err(|error| error.to_string())?
        } else {
            document
                .to_pretty_json()
                .map_err(|error| error.to_string())?
        };
        println!("{text}");
        Ok(())
    }
}
