//! The operations of the document: what is true of all of one kind.

use actix_web::http::Method;
use utoipa::openapi::path::{HttpMethod, Operation as Documentation};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, RefOr, Required, Schema};

use super::schemas::{Schemas, name_of, patch_name};
use super::{examples, forms, info, parameters, refusals, responses};
use crate::http::call::AS_OF;
use crate::http::routes::{Choice, Operation};

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// GET of a collection.
    List,
    /// GET of one thing.
    One,
    /// POST that makes a thing.
    Create,
    /// POST that does something else.
    Action,
    /// PUT.
    Replace,
    /// PUT that needs no `If-Match`.
    Overwrite,
    /// PATCH.
    Change,
    /// DELETE.
    Remove,
    /// DELETE that needs no `If-Match`.
    Withdraw,
}

impl Kind {
    /// What this operation does.
    pub(super) fn of(operation: &Operation, documentation: &Documentation) -> Self {
        let created = documentation.responses.responses.contains_key("201");
        match (operation.method.as_str(), operation.choice) {
            ("GET", Choice::List(_) | Choice::Pages(_)) => Self::List,
            ("GET", _) => Self::One,
            ("PUT", _) if operation.unconditional => Self::Overwrite,
            ("DELETE", _) if operation.unconditional => Self::Withdraw,
            ("PUT", _) => Self::Replace,
            ("PATCH", _) => Self::Change,
            ("DELETE", _) => Self::Remove,
            _ if created => Self::Create,
            _ => Self::Action,
        }
    }

    fn reads(self) -> bool {
        matches!(self, Self::List | Self::One)
    }

    /// What every operation of this kind does, in words.
    fn about(self) -> &'static str {
        match self {
            Self::List => {
                "Answers a page of items with `_meta` and `_links`; `_links.next` goes on. Open to all."
            }
            Self::One => {
                "Answers an `ETag`; with `If-None-Match` 304 when nothing has changed. Open to all."
            }
            Self::Create => {
                "The service makes the key. Answers 201 with `Location` and `ETag`. With `Idempotency-Key` it is done once, however often it is sent. Needs a key."
            }
            Self::Action => {
                "With `Idempotency-Key` it is done once, however often it is sent. Needs a key."
            }
            Self::Replace => {
                "Creates what is not there (201), else replaces all of it (200) and needs `If-Match` with its `ETag`; a member left out becomes null or its default. Leave out what the service sets: the key, `createdAt`, `updatedAt`, `_links`, `etag`. Needs a key."
            }
            Self::Overwrite => {
                "Creates what is not there (201), else replaces all of it (200), with or without `If-Match`: with it, only what is still as you read it (412). A member left out becomes null or its default. Leave out what the service sets: the key, `createdAt`, `updatedAt`, `_links`, `etag`. Needs a key."
            }
            Self::Change => {
                "A JSON Merge Patch (RFC 7396): what is left out stays, null takes away. Needs `If-Match` with the `ETag`, and a key. As `application/json` it means the same."
            }
            Self::Remove => "Needs `If-Match` with the `ETag`, and a key.",
            Self::Withdraw => {
                "With or without `If-Match`: with it, only what is still as you read it (412). Needs a key."
            }
        }
    }
}

/// The method as the document has it.
pub(super) fn http_method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        "POST" => HttpMethod::Post,
        _ => HttpMethod::Get,
    }
}

/// The schema that an operation's request body refers to, or that of its elements.
pub(super) fn request_schema(documentation: &Documentation) -> Option<String> {
    let body = match documentation.request_body.as_ref()? {
        RefOr::T(body) => body,
        RefOr::Ref(_) => return None,
    };
    let RefOr::T(content) = body.content.get(JSON)? else {
        return None;
    };
    let schema = content.schema.as_ref()?;
    let element = match schema {
        RefOr::T(Schema::Array(array)) => match &array.items {
            ArrayItems::RefOrSchema(element) => element,
            ArrayItems::False => schema,
        },
        _ => schema,
    };
    name_of(element).map(str::to_owned)
}

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// An operation with all that is true of its kind.
pub(super) fn complete(
    operation: &Operation,
    mut told: Documentation,
    schemas: &Schemas,
) -> Documentation {
    let kind = Kind::of(operation, &told);
    describe(&mut told, kind, operation);
    let own = told.parameters.take().unwrap_or_default();
    told.parameters = Some(parameters_of(operation, kind, own));
    let requirement = SecurityRequirement::new(info::SCHEME, Vec::<String>::new());
    told.security = Some(if kind.reads() && !operation.restricted {
        Vec::new()
    } else {
        vec![requirement]
    });
    let form = BodyForm::of(&told);
    if let Some(RefOr::T(body)) = &mut told.request_body {
        complete_body(body, kind, schemas);
    }
    responses::complete(&mut told.responses, kind, operation.restricted);
    if let Some(RefOr::T(response)) = told.responses.responses.get_mut("200") {
        forms::complete(response, operation.forms);
    }
    for response in told.responses.responses.values_mut() {
        let RefOr::T(response) = response else {
            continue;
        };
        for content in response.content.values_mut() {
            if let RefOr::T(content) = content {
                exemplify(content, |schema| {
                    examples::of_answer(schema, schemas, &operation.path)
                });
            }
        }
    }
    let asked = refusals::Asked {
        kind,
        keyed: operation.path.contains('{'),
        form,
        restricted: operation.restricted,
    };
    refusals::refuse(&mut told.responses, asked, operation.problems);
    told
}

/// A request that the service sends, with the example of its body.
pub(super) fn complete_sent(mut told: Documentation, schemas: &Schemas) -> Documentation {
    // The signature says who sends it; a key of ours is nobody else's business.
    told.security = Some(Vec::new());
    if let Some(RefOr::T(body)) = &mut told.request_body {
        for content in body.content.values_mut() {
            if let RefOr::T(content) = content {
                exemplify(content, |schema| examples::of(schema, schemas));
            }
        }
    }
    told
}

/// The summary is the first line of the handler's documentation, the rest the
/// description; what is true of the kind follows.
fn describe(told: &mut Documentation, kind: Kind, operation: &Operation) {
    let own = told.description.take().unwrap_or_default();
    let summary = told.summary.clone().unwrap_or_default();
    let own = if own.trim().is_empty() { summary } else { own };
    let mut about = kind.about().to_owned();
    if operation.restricted {
        about = about.replace(OPEN, "Needs the key of an admin or an editor.");
    }
    let mut description = format!("{}\n\n{about}", own.trim());
    for problem in operation.problems {
        let about = format!(
            " {} `{}`: {}",
            problem.status(),
            problem.name(),
            problem.meaning()
        );
        description.push_str(&about);
    }
    told.description = Some(description);
    if let Some(summary) = &mut told.summary {
        *summary = summary.trim_end_matches('.').to_owned();
    }
}

/// What is said of most reads.
const OPEN: &str = "Open to all.";

type Parameters = Vec<RefOr<utoipa::openapi::path::Parameter>>;

fn parameters_of(operation: &Operation, kind: Kind, own: Parameters) -> Parameters {
    let mut all = parameters::of_path(&operation.path);
    match operation.choice {
        Choice::Nothing => {}
        Choice::Moment => all.push(parameters::as_of()),
        Choice::Members(spec) => all.extend([parameters::fields(spec), parameters::as_of()]),
        Choice::List(spec) => all.extend(parameters::of_list(spec)),
        Choice::Pages(max_limit) => all.extend(parameters::of_pages(max_limit)),
    }
    if operation.forms.len() > 1 {
        all.extend(forms::parameters(operation.forms));
    }
    if operation.restricted {
        // What is not open to all has no past to read.
        all.retain(|parameter| match parameter {
            RefOr::T(known) => known.name != AS_OF,
            RefOr::Ref(_) => true,
        });
    }
    let missing = own.into_iter().filter(|parameter| match parameter {
        RefOr::T(own) => !all.iter().any(|known| match known {
            RefOr::T(known) => known.name == own.name && known.parameter_in == own.parameter_in,
            RefOr::Ref(_) => false,
        }),
        RefOr::Ref(_) => true,
    });
    let missing: Parameters = missing.collect();
    all.extend(missing);
    all.extend(parameters::of_kind(kind));
    all
}

/// What a request's body can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyForm {
    /// Nothing.
    Nothing,
    /// JSON.
    Json,
    /// Plain text.
    Text,
    /// Rows, as JSON or CSV.
    Rows,
}

impl BodyForm {
    fn of(told: &Documentation) -> Self {
        match &told.request_body {
            Some(RefOr::T(body)) if body.content.contains_key("text/plain") => Self::Text,
            Some(RefOr::T(body)) if body.content.contains_key("text/csv") => Self::Rows,
            Some(_) => Self::Json,
            None => Self::Nothing,
        }
    }
}

fn complete_body(body: &mut RequestBody, kind: Kind, schemas: &Schemas) {
    body.required = Some(Required::True);
    if body.description.is_none() {
        body.description = Some(
            match kind {
                Kind::Change => "The members to change, as a JSON Merge Patch.",
                _ => "The whole content. A member that may be null may be left out.",
            }
            .to_owned(),
        );
    }
    if kind == Kind::Change {
        let names = body.content.values().filter_map(|content| match content {
            RefOr::T(content) => content.schema.as_ref().and_then(name_of),
            RefOr::Ref(_) => None,
        });
        if let Some(name) = names.map(patch_name).next() {
            let content = Content::new(Some(Ref::from_schema_name(name)));
            for media_type in [MERGE_PATCH, JSON] {
                let content = RefOr::T(content.clone());
                body.content.insert(media_type.to_owned(), content);
            }
        }
    }
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content {
            exemplify(content, |schema| examples::of(schema, schemas));
        }
    }
}

fn exemplify(
    content: &mut Content,
    example: impl Fn(&RefOr<utoipa::openapi::Schema>) -> serde_json::Value,
) {
    if content.example.is_none() && content.examples.is_empty() {
        content.example = content.schema.as_ref().map(example);
    }
}
