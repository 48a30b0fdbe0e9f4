//! The one table of paths, methods and handlers. Both the routing and the
//! OpenAPI document come from it, so they cannot differ.

use std::collections::BTreeMap;

use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, ResponseError, Route};
use utoipa::openapi::path::{HttpMethod, Operation as Documentation};
use utoipa::openapi::{RefOr, Schema};

use super::forms::{self, Form, Forms};
use super::list::ListSpec;
use super::trace::RoutePath;
use crate::problem::{Code, Problem};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// A method of a path, its handler, and what the OpenAPI document says of it.
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path below the API root, with `{parameters}`.
    pub path: String,
    /// What a client may choose of the answer.
    pub choice: Choice,
    /// The forms that the answer can have.
    pub forms: &'static [Form],
    /// Whether it writes over what is there without `If-Match`, too.
    pub unconditional: bool,
    /// Whether reading it needs the key of an admin or an editor.
    pub restricted: bool,
    /// Whether it is a request that the service itself sends: it is described
    /// and not served.
    pub sent: bool,
    /// The problems that it can answer besides those that all of its kind can.
    pub problems: &'static [Code],
    route: fn(Method) -> Route,
    documentation: Option<Documented>,
}

/// What `#[utoipa::path]` made of a handler.
#[derive(Clone, Copy)]
struct Documented {
    documentation: fn() -> Documentation,
    tags: fn() -> Vec<&'static str>,
    schemas: fn(&mut Schemas),
}

/// What a client may choose of an answer by its query.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// Nothing.
    Nothing,
    /// The moment, with `asOf`.
    Moment,
    /// The members, with `fields`, and the moment.
    Members(&'static ListSpec),
    /// Everything that a list can do.
    List(&'static ListSpec),
    /// The page alone, of at most so many items.
    Pages(i64),
}

impl Operation {
    /// An operation that the OpenAPI document describes.
    pub fn documented(
        methods: Vec<HttpMethod>,
        path: String,
        route: fn(Method) -> Route,
        documentation: fn() -> Documentation,
        tags: fn() -> Vec<&'static str>,
        schemas: fn(&mut Schemas),
    ) -> Self {
        let method = methods.first().map_or(Method::GET, method);
        Self {
            method,
            path,
            choice: Choice::Nothing,
            forms: forms::JSON,
            unconditional: false,
            restricted: false,
            sent: false,
            problems: &[],
            route,
            documentation: Some(Documented {
                documentation,
                tags,
                schemas,
            }),
        }
    }

    /// A POST that the service itself sends to others, under a name of its own.
    pub fn sent(
        name: &str,
        documentation: fn() -> Documentation,
        tags: fn() -> Vec<&'static str>,
        schemas: fn(&mut Schemas),
    ) -> Self {
        let route = |_| Route::new();
        let methods = vec![HttpMethod::Post];
        let name = name.to_owned();
        let told = Self::documented(methods, name, route, documentation, tags, schemas);
        Self { sent: true, ..told }
    }

    /// The same, which is a list.
    #[must_use]
    pub fn listing(mut self, spec: &'static ListSpec) -> Self {
        self.choice = Choice::List(spec);
        self.in_forms(spec.forms)
    }

    /// The same, whose answer can have these forms.
    #[must_use]
    pub fn in_forms(mut self, forms: &'static [Form]) -> Self {
        self.forms = forms;
        self
    }

    /// The same, which is walked through, at most so many items at a time.
    #[must_use]
    pub fn paging(mut self, max_limit: i64) -> Self {
        self.choice = Choice::Pages(max_limit);
        self
    }

    /// The same, which can answer for an earlier moment, with `asOf`.
    #[must_use]
    pub fn at_any_moment(mut self) -> Self {
        self.choice = Choice::Moment;
        self
    }

    /// The same, which answers the members that `fields` asks for.
    #[must_use]
    pub fn selecting(mut self, spec: &'static ListSpec) -> Self {
        self.choice = Choice::Members(spec);
        self
    }

    /// The same, which needs no `If-Match`: what is sent is checked.
    #[must_use]
    pub fn unconditional(mut self) -> Self {
        self.unconditional = true;
        self
    }

    /// The same, which only an admin or an editor may read.
    #[must_use]
    pub fn restricted(mut self) -> Self {
        self.restricted = true;
        self
    }

    /// The same, which can answer these problems, too.
    #[must_use]
    pub fn refusing(mut self, problems: &'static [Code]) -> Self {
        self.problems = problems;
        self
    }

    /// A GET that stands beside the resources and is not in the document.
    pub fn beside(path: &str, route: fn(Method) -> Route) -> Self {
        Self {
            method: Method::GET,
            path: path.to_owned(),
            choice: Choice::Nothing,
            forms: forms::JSON,
            unconditional: false,
            restricted: false,
            sent: false,
            problems: &[],
            route,
            documentation: None,
        }
    }

    /// What the document says of it.
    pub fn documentation(&self) -> Option<Documentation> {
        self.documentation.map(|documented| {
            let mut documentation = (documented.documentation)();
            let tags = (documented.tags)().into_iter().map(str::to_owned);
            documentation.tags = Some(tags.collect());
            documentation
        })
    }

    /// The schemas that it mentions.
    pub fn schemas(&self, schemas: &mut Schemas) {
        if let Some(documented) = self.documentation {
            (documented.schemas)(schemas);
        }
    }
}

fn method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// A handler with the documentation that `#[utoipa::path]` made of it:
/// `operation!(list_goals, __path_list_goals)`.
#[macro_export]
macro_rules! operation {
    ($handler:path, $documentation:path) => {
        $crate::http::routes::Operation::documented(
            <$documentation as utoipa::Path>::methods(),
            <$documentation as utoipa::Path>::path(),
            |method| actix_web::web::method(method).to($handler),
            <$documentation as utoipa::Path>::operation,
            <$documentation as utoipa::__dev::Tags<'_>>::tags,
            <$documentation as utoipa::__dev::SchemaReferences>::schemas,
        )
    };
}

/// Registers every operation below `base`: HEAD wherever GET is, OPTIONS and 405 with the
/// exact `Allow`, and preflights.
pub fn register(config: &mut ServiceConfig, base: &str, operations: &[Operation]) {
    let mut paths: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations.iter().filter(|operation| !operation.sent) {
        paths.entry(&operation.path).or_default().push(operation);
    }
    // A fixed path is tried before one with a parameter in the same place.
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.sort_by_key(|(path, _)| path.replace('{', "\u{7f}"));
    for (path, operations) in paths {
        let allow = allow(&operations);
        let mut resource = web::resource(path).app_data(RoutePath(format!("{base}{path}")));
        if let Some(forms) = forms(&operations) {
            resource = resource.app_data(forms);
        }
        for operation in &operations {
            resource = resource.route((operation.route)(operation.method.clone()));
            if operation.method == Method::GET {
                resource = resource.route((operation.route)(Method::HEAD));
            }
        }
        let (options, posted) = (allow.clone(), posted_types(&operations));
        resource = resource
            .route(
                web::method(Method::OPTIONS)
                    .to(move || std::future::ready(options_answer(&options, &posted))),
            )
            .default_service(web::to(move || std::future::ready(wrong_method(&allow))));
        config.service(resource);
    }
}

/// The forms that the GET of one path has; `None` where that is JSON alone.
fn forms(operations: &[&Operation]) -> Option<Forms> {
    let read = operations
        .iter()
        .find(|operation| operation.method == Method::GET)?;
    (read.forms.len() > 1).then_some(Forms(read.forms))
}

/// The methods of one path, as `Allow` lists them.
fn allow(operations: &[&Operation]) -> String {
    let has = |method: &Method| {
        operations
            .iter()
            .any(|operation| operation.method == *method)
    };
    let mut methods = Vec::new();
    for method in [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ] {
        if has(&method) {
            methods.push(method.to_string());
            if method == Method::GET {
                methods.push("HEAD".to_owned());
            }
        }
    }
    methods.push("OPTIONS".to_owned());
    methods.join(", ")
}

/// The types of body that the POST of one path takes, as `Accept-Post` lists
/// them; empty without POST.
fn posted_types(operations: &[&Operation]) -> String {
    let body = operations
        .iter()
        .find(|operation| operation.method == Method::POST)
        .and_then(|operation| operation.documentation())
        .and_then(|documentation| documentation.request_body);
    match body {
        Some(RefOr::T(body)) => body.content.into_keys().collect::<Vec<_>>().join(", "),
        Some(RefOr::Ref(_)) | None => String::new(),
    }
}

/// 204 with the methods; for a browser's preflight, that reads are open to all.
fn options_answer(allow: &str, posted: &str) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response
        .insert_header((header::ALLOW, allow))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"))
        .insert_header((
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Accept, Content-Type, If-Modified-Since, If-None-Match, traceparent",
        ))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"));
    if !posted.is_empty() {
        response.insert_header(("accept-post", posted));
    }
    if allow.contains("PATCH") {
        response.insert_header((
            "accept-patch",
            "application/merge-patch+json, application/json",
        ));
    }
    response.finish()
}

fn wrong_method(allow: &str) -> HttpResponse {
    Problem::new(Code::MethodNotAllowed, format!("this path takes {allow}"))
        .with_header(header::ALLOW, allow)
        .error_response()
}
