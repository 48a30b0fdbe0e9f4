//! The catalogue that the national data portal harvests (DCAT-AP-SE 3.0.1), at
//! `/datasets/dcat`: as RDF/XML, Turtle and JSON-LD.

mod content;
mod describe;
mod facts;
mod graph;
mod vocabulary;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use self::describe::{Catalogue, Contact};
use self::facts::Facts;
use self::graph::Form;
use crate::beside::published::{Published, Publisher};
use crate::http::call::send;
use crate::http::conditional::body_tag;
use crate::http::modified::LastModified;
use crate::http::negotiate::preferred;
use crate::http::query::Query;
use crate::http::routes::Operation;
use crate::http::service::Service;
use crate::problem::{Code, Problem};

/// The forms, that of the data portal first: it is the one for who does not choose.
const FORMS: [Form; 3] = [Form::RdfXml, Form::Turtle, Form::JsonLd];

/// The paths of the catalogue: one whose form the client chooses by `Accept`, and
/// one for each form.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::beside("/datasets/dcat", |method| web::method(method).to(chosen)),
        Operation::beside("/datasets/dcat.rdf", |method| {
            web::method(method).to(rdf_xml)
        }),
        Operation::beside("/datasets/dcat.ttl", |method| {
            web::method(method).to(turtle)
        }),
        Operation::beside("/datasets/dcat.jsonld", |method| {
            web::method(method).to(json_ld)
        }),
    ]
}

type Answered = Result<HttpResponse, Problem>;

async fn chosen(
    request: HttpRequest,
    service: Data<Service>,
    published: Data<Published>,
) -> Answered {
    let place = preferred(&request, &FORMS.map(Form::media_type))?;
    let form = FORMS.get(place).copied().unwrap_or(Form::RdfXml);
    answer(&request, &service, &published, form).await
}

async fn rdf_xml(
    request: HttpRequest,
    service: Data<Service>,
    published: Data<Published>,
) -> Answered {
    answer(&request, &service, &published, Form::RdfXml).await
}

async fn turtle(
    request: HttpRequest,
    service: Data<Service>,
    published: Data<Published>,
) -> Answered {
    answer(&request, &service, &published, Form::Turtle).await
}

async fn json_ld(
    request: HttpRequest,
    service: Data<Service>,
    published: Data<Published>,
) -> Answered {
    answer(&request, &service, &published, Form::JsonLd).await
}

async fn answer(
    request: &HttpRequest,
    service: &Service,
    published: &Published,
    form: Form,
) -> Answered {
    Query::parse(request.query_string(), &[])?;
    let (publisher, contact) = set_up(published)?;
    let facts = Facts::read(&service.database, &published.municipality_code).await?;
    let graph = Catalogue::new(published, publisher, contact, &facts).graph();
    let body = form.write(&graph).map_err(|error| {
        tracing::error!(%error, "the catalogue cannot be written");
        Problem::internal()
    })?;
    let tag = body_tag(&body);
    let response = send(request, StatusCode::OK, body, form.media_type(), Some(tag));
    // Another catalogue comes of other data or of other settings.
    let changed = facts
        .changed
        .map_or(published.since, |at| at.max(published.since));
    Ok(dated(request, response, LastModified::of(changed)))
}

/// The answer with its date; 304 when the client has it by that.
fn dated(
    request: &HttpRequest,
    mut response: HttpResponse,
    modified: LastModified,
) -> HttpResponse {
    if response.status() == StatusCode::OK && modified.is_known(request.headers()) {
        let mut unchanged = HttpResponse::NotModified();
        for name in [header::ETAG, header::CACHE_CONTROL] {
            if let Some(value) = response.headers_mut().remove(&name).next() {
                unchanged.insert_header((name, value));
            }
        }
        response = unchanged.finish();
    }
    if let Ok(value) = modified.http_date().parse() {
        response.headers_mut().insert(header::LAST_MODIFIED, value);
    }
    response
}

/// What DCAT-AP-SE demands and only the operator can say; 501 that names what is
/// not set.
fn set_up(published: &Published) -> Result<(&Publisher, Option<Contact<'_>>), Problem> {
    let set = published.contact.as_ref();
    let name = set.and_then(|set| set.name.as_deref());
    let email = set.and_then(|set| set.email.as_deref());
    let page = set.and_then(|set| set.url.as_deref());
    let contact = name
        .zip(email)
        .map(|(name, email)| Contact { name, email, page });
    let half = contact.is_none() && (name.is_some() || email.is_some());
    let missing: Vec<&str> = [
        ("PUBLISHER_NAME", published.publisher.is_none()),
        ("CONTACT_NAME", half && name.is_none()),
        ("CONTACT_EMAIL", half && email.is_none()),
    ]
    .into_iter()
    .filter_map(|(setting, missing)| missing.then_some(setting))
    .collect();
    match (&published.publisher, missing.as_slice()) {
        (Some(publisher), []) => Ok((publisher, contact)),
        _ => Err(Problem::new(
            Code::CatalogueNotSetUp,
            format!(
                "the operator of this service must set {} before there is a catalogue",
                missing.join(" and ")
            ),
        )),
    }
}
