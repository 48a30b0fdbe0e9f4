//! `malbild openapi`

use std::path::PathBuf;

use clap::Args;

use crate::app;
use crate::config::ServiceSettings;
use crate::http::openapi::{self, Instance};

/// What `malbild openapi` can be told.
#[derive(Args, Clone, Debug)]
pub(super) struct Openapi {
    /// As YAML, not JSON
    #[arg(long)]
    yaml: bool,
    /// Write the committed documents, openapi.json and openapi.yaml, with placeholders for the settings
    #[arg(long, conflicts_with = "yaml")]
    bless: bool,
    /// Where the committed documents are
    #[arg(long, default_value = "openapi", value_name = "FOLDER")]
    folder: PathBuf,
}

impl Openapi {
    /// Prints the document for these settings, or writes the committed ones.
    pub(super) fn run(self, settings: &ServiceSettings) -> Result<(), String> {
        if self.bless {
            let texts = openapi::texts(&app::operations(), &Instance::placeholder())?;
            let write = |name: &str, text: &str| {
                let path = self.folder.join(name);
                std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
            };
            std::fs::create_dir_all(&self.folder)
                .map_err(|error| format!("{}: {error}", self.folder.display()))?;
            write("openapi.json", &texts.json)?;
            return write("openapi.yaml", &texts.yaml);
        }
        let texts = openapi::texts(&app::operations(), &app::instance(settings))?;
        print!("{}", if self.yaml { texts.yaml } else { texts.json });
        Ok(())
    }
}
