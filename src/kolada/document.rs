//! The OpenAPI document of what is in Kolada's shape, apart from that of the API: it
//! keeps to Kolada's habits and not to the national profile.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Response, ResponseBuilder, ServerBuilder,
};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::{BASE, operations};
use crate::http::call::API_BASE;
use crate::http::openapi::Instance;
use crate::http::trace::API_VERSION;
use crate::problem::{Code, Fault, ProblemBody};

/// What the document says first; what is in double braces is filled in.
const OVERVIEW: &str = include_str!("overview.md");

/// The document as JSON.
#[derive(Clone, Debug)]
pub struct Document(pub String);

/// Which part of the rows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is there for the document alone")]
pub(super) struct Paged {
    /// The number of the page, from 1.
    #[param(minimum = 1, default = 1, required = false, example = 1)]
    page: i64,
    /// The most rows in an answer.
    #[param(
        minimum = 1,
        maximum = 5000,
        default = 5000,
        required = false,
        example = 5000
    )]
    per_page: i64,
}

/// A search.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is there for the document alone")]
pub(super) struct Titled {
    /// Only those whose title has this text in it, in whatever case.
    #[param(max_length = 200, required = false, example = "invånare")]
    title: String,
}

/// A choice of areas.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is there for the document alone")]
pub(super) struct Typed {
    /// Only areas of this type: `K` municipalities, `L` regions and the country.
    #[param(required = false, pattern = "^[KL]$", example = "K")]
    region_type: String,
}

/// What has changed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is there for the document alone")]
pub(super) struct Changed {
    /// Only figures that have been made, changed or withdrawn since the beginning of this
    /// day in Sweden; those withdrawn with `isdeleted`.
    #[param(required = false, format = "date", example = "2024-05-23")]
    from_date: String,
    /// The row before the first one of this page, as `next_url` has it: so that a page
    /// far in costs no more than the first.
    #[param(required = false, example = "N01951,2380,2022")]
    after: String,
}

/// What the figures are of.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is there for the document alone")]
pub(super) struct Chosen {
    /// Key figures.
    #[param(required = false, max_items = 25, example = json!(["N01951"]))]
    kpi_id: Vec<String>,
    /// Areas and groups.
    #[param(required = false, max_items = 25, example = json!(["2380"]))]
    municipality_id: Vec<String>,
    /// Years.
    #[param(required = false, max_items = 25, example = json!([2022]))]
    year: Vec<i32>,
}

/// The document of an instance.
pub fn document(instance: &Instance) -> Result<Document, String> {
    let public = instance.api_root.strip_suffix(API_BASE);
    let public = public.unwrap_or(&instance.api_root);
    let mut schemas = vec![
        (ProblemBody::name().into_owned(), ProblemBody::schema()),
        (Fault::name().into_owned(), Fault::schema()),
    ];
    let mut paths = PathsBuilder::new();
    for operation in operations() {
        let Some(mut told) = operation.documentation() else {
            continue;
        };
        operation.schemas(&mut schemas);
        let own = told.description.take().unwrap_or_default();
        let summary = told.summary.clone().unwrap_or_default();
        told.summary = Some(summary.trim_end_matches('.').to_owned());
        told.description = Some(if own.is_empty() { summary } else { own });
        let parameters = told.parameters.get_or_insert_default();
        parameters.splice(0..0, in_path(&operation.path));
        told.security = Some(Vec::new());
        for (status, refusal) in refusals() {
            told.responses.responses.insert(status, refusal.into());
        }
        paths = paths.path(&operation.path, PathItem::new(HttpMethod::Get, told));
    }
    let description = OVERVIEW.replace("{{api}}", &instance.api_root);
    let info = InfoBuilder::new()
        .title("Målbild in Kolada's shape (a compatible view, not Kolada)")
        .version(API_VERSION)
        .description(Some(description.trim_end()));
    let server = ServerBuilder::new().url(format!("{public}{BASE}"));
    let schemas: BTreeMap<_, _> = schemas.into_iter().collect();
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([server.build()]))
        .paths(paths.build())
        .components(Some(
            ComponentsBuilder::new().schemas_from_iter(schemas).build(),
        ))
        .build()
        .to_pretty_json()
        .map(|json| Document(format!("{json}\n")))
        .map_err(|error| error.to_string())
}

/// The parameters in a path.
fn in_path(path: &str) -> Vec<RefOr<utoipa::openapi::path::Parameter>> {
    use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
    use utoipa::openapi::{ObjectBuilder, Required, Type};
    let names = path.split('{').skip(1);
    let names = names.filter_map(|rest| rest.split('}').next());
    let parameter = |name: &str| {
        let (example, description) = match name {
            "kpi_id" => ("N01951,N00090", "Key figures, at most 25."),
            "municipality_id" => ("2380,0000", "Areas and groups, at most 25."),
            "year" => ("2021,2022", "Years, at most 25."),
            _ => ("N01951", "Ids, at most 25."),
        };
        let description = format!("{description} Several with commas between.");
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .example(Some(json!(example)))
            .build()
            .into()
    };
    names.map(parameter).collect()
}

/// What every operation can refuse.
fn refusals() -> impl Iterator<Item = (String, Response)> {
    let codes = [
        Code::InvalidQuery,
        Code::NotAcceptable,
        Code::InvalidParameter,
        Code::Internal,
        Code::DatabaseUnavailable,
    ];
    codes.into_iter().map(|code| {
        let problem = Ref::from_schema_name(ProblemBody::name());
        let content = ContentBuilder::new().schema(Some(problem)).build();
        let refusal = ResponseBuilder::new()
            .description(format!("`{}`: {}", code.name(), code.meaning()))
            .content("application/problem+json", content);
        (code.status().to_string(), refusal.build())
    })
}
