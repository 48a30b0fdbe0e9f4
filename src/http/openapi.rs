//! The OpenAPI document, made from the table of operations.

use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use super::problem::ProblemBody;
use super::routes::Operation;

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

/// The document for one instance.
pub fn document(operations: &[Operation], _instance: &Instance) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    for operation in operations {
        if let Some(documentation) = operation.documentation() {
            paths = paths.path(
                &operation.path,
                PathItem::new(HttpMethod::Get, documentation),
            );
            operation.schemas(&mut schemas);
        }
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Målbild")
                .version(super::trace::API_VERSION)
                .build(),
        )
        .paths(paths)
        .components(Some(
            ComponentsBuilder::new().schemas_from_iter(schemas).build(),
        ))
        .build()
}
