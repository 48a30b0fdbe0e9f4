//! The OpenAPI document, made from the table of operations. What is the same
//! for all operations of a kind is said here, once.

mod examples;
mod forms;
mod info;
mod named;
mod operations;
mod parameters;
mod refusals;
mod responses;
mod schemas;

use std::collections::BTreeSet;

use utoipa::openapi::path::Operation as Documentation;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    Components, ComponentsBuilder, OpenApi, OpenApiBuilder, PathItem, Paths, PathsBuilder, RefOr,
    ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use self::operations::{Kind, http_method};
use self::schemas::Schemas;
use super::routes::Operation;
use crate::problem::{Fault, ProblemBody};

/// The API root of the committed document and of all examples.
pub const EXAMPLE_ROOT: &str = "https://oppnadata.example.se/malbild/v1";

/// What the document says of the instance that serves it.
#[derive(Clone, Debug)]
pub struct Instance {
    /// `{PUBLIC_URL}/malbild/v1`
    pub api_root: String,
    /// Who answers questions: name, e-mail, page.
    pub contact: [Option<String>; 3],
    /// The licence of the data: name, address.
    pub licence: [Option<String>; 2],
}

/// The document as text, each with a line feed at its end.
#[derive(Clone, Debug)]
pub struct Texts {
    /// As JSON.
    pub json: String,
    /// As YAML.
    pub yaml: String,
}

/// The document for one instance, written out.
pub fn texts(operations: &[Operation], instance: &Instance) -> Result<Texts, String> {
    let document = document(operations, instance);
    let json = document
        .to_pretty_json()
        .map_err(|error| error.to_string())?;
    // JSON is YAML, too; read as such, its numbers are not serde_json's any more,
    // which only serde_json can write out.
    let value: yaml_serde::Value =
        yaml_serde::from_str(&json).map_err(|error| error.to_string())?;
    let yaml = yaml_serde::to_string(&value).map_err(|error| error.to_string())?;
    Ok(Texts {
        json: format!("{json}\n"),
        yaml: format!("{}\n", yaml.trim_end()),
    })
}

/// The document for one instance.
pub fn document(operations: &[Operation], instance: &Instance) -> OpenApi {
    let documented: Vec<(&Operation, Documentation)> = operations
        .iter()
        .filter_map(|operation| operation.documentation().map(|told| (operation, told)))
        .collect();
    let schemas = collect(&documented);
    let (mut paths, mut sent) = (PathsBuilder::new(), PathsBuilder::new());
    for (operation, documentation) in documented {
        let method = http_method(&operation.method);
        if operation.sent {
            let told = operations::complete_sent(documentation, &schemas);
            sent = sent.path(&operation.path, PathItem::new(method, told));
        } else {
            let told = operations::complete(operation, documentation, &schemas);
            paths = paths.path(&operation.path, PathItem::new(method, told));
        }
    }
    let (paths, sent) = (paths.build(), sent.build());
    let components = components(&paths, &sent, schemas);
    OpenApiBuilder::new()
        .info(info::info(instance))
        .servers(Some([ServerBuilder::new()
            .url(&instance.api_root)
            .description(Some("This instance"))
            .build()]))
        .tags(Some(info::tags()))
        .external_docs(Some(info::external_docs(instance)))
        .security(Some([SecurityRequirement::new(
            info::SCHEME,
            Vec::<String>::new(),
        )]))
        .paths(paths)
        .webhooks(Some(sent))
        .components(Some(components))
        .build()
}

/// The schemas that the operations mention, finished.
fn collect(documented: &[(&Operation, Documentation)]) -> Schemas {
    let mut collected = vec![
        (ProblemBody::name().into_owned(), ProblemBody::schema()),
        (Fault::name().into_owned(), Fault::schema()),
    ];
    let (mut written, mut patched) = (BTreeSet::new(), BTreeSet::new());
    for (operation, documentation) in documented {
        operation.schemas(&mut collected);
        if operation.sent {
            continue;
        }
        if let Some(name) = operations::request_schema(documentation) {
            if Kind::of(operation, documentation) == Kind::Change {
                patched.insert(name.clone());
            }
            written.insert(name);
        }
    }
    schemas::finish(collected.into_iter().collect(), &written, &patched)
}

/// What the paths refer to, and what that refers to.
fn components(paths: &Paths, sent: &Paths, schemas: Schemas) -> Components {
    let mut components = ComponentsBuilder::new()
        .security_scheme(info::SCHEME, info::security())
        .build();
    let used = serde_json::to_string(paths).unwrap_or_default();
    let unchanged = ("NotModified", responses::not_modified());
    for (name, response) in refusals::components().chain([unchanged]) {
        if used.contains(&format!("\"#/components/responses/{name}\"")) {
            let name = name.to_owned();
            components.responses.insert(name, RefOr::T(response));
        }
    }
    let answered = serde_json::to_string(&components.responses).unwrap_or_default();
    for (name, header) in responses::headers() {
        let reference = format!("\"#/components/headers/{name}\"");
        if used.contains(&reference) || answered.contains(&reference) {
            components.headers.insert(name.to_owned(), RefOr::T(header));
        }
    }
    for (name, parameter) in parameters::headers() {
        let name = name.to_owned();
        components.parameters.insert(name, RefOr::T(parameter));
    }
    let mut roots = vec![ProblemBody::name().into_owned()];
    for told in [paths, sent] {
        schemas::references(&serde_json::to_value(told).unwrap_or_default(), &mut roots);
    }
    let kept = schemas::within(&roots.into_iter().collect(), &schemas);
    components.schemas = schemas
        .into_iter()
        .filter(|(name, _)| kept.contains(name))
        .collect();
    components
}
