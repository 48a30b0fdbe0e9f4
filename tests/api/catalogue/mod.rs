//! The catalogue for the data portal (DCAT-AP-SE), and what others find the
//! service by.

mod config;
mod discovery;
mod forms;
mod fresh;
mod readers;
mod set_up;

use std::collections::BTreeSet;

use oxrdf::graph::CanonicalizationAlgorithm;
use oxrdf::{Graph, NamedNode, Term, Triple};

use crate::support::{Answer, TestApp};

/// The settings of a municipality that publishes.
const PUBLISHED: [&str; 6] = [
    "--publisher-name=Östersunds kommun",
    "--publisher-organisation-number=212000-2528",
    "--contact-name=Kansliet",
    "--contact-email=oppnadata@example.se",
    "--licence-name=CC0 1.0",
    "--licence-url=https://creativecommons.org/publicdomain/zero/1.0/",
];

/// The forms: how each ends, and its media type.
const FORMS: [(&str, &str); 3] = [
    (".rdf", "application/rdf+xml"),
    (".ttl", "text/turtle"),
    (".jsonld", "application/ld+json"),
];

/// A service with these settings, and more.
async fn published(more: &[&str]) -> TestApp {
    let options: Vec<&str> = PUBLISHED.iter().chain(more).copied().collect();
    TestApp::start_with(&options).await
}

/// GET of a path outside the API root.
async fn get(app: &TestApp, path: &str) -> Answer {
    app.outside("GET", path).send().await
}

/// The graph in an answer, in an order of its own.
fn graph(answer: &Answer) -> Graph {
    let body = answer.body.as_slice();
    let mut graph: Graph = match answer.header("content-type") {
        "application/rdf+xml" => oxrdfxml::RdfXmlParser::new()
            .for_slice(body)
            .map(|triple| triple.expect("RDF/XML"))
            .collect(),
        "text/turtle" => oxttl::TurtleParser::new()
            .for_slice(body)
            .map(|triple| triple.expect("Turtle"))
            .collect(),
        "application/ld+json" => oxjsonld::JsonLdParser::new()
            .for_slice(body)
            .map(|quad| Triple::from(quad.expect("JSON-LD")))
            .collect(),
        other => panic!("no RDF: {other}"),
    };
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    graph
}

/// The graph of the catalogue.
async fn harvest(app: &TestApp) -> Graph {
    graph(&get(app, "/datasets/dcat").await.expect(200))
}

/// The vocabularies that the tests speak of.
fn term(name: &str) -> NamedNode {
    let (prefix, name) = name.split_once(':').expect("a prefix");
    let vocabulary = match prefix {
        "dcat" => "http://www.w3.org/ns/dcat#",
        "dcatap" => "http://data.europa.eu/r5r/",
        "dcterms" => "http://purl.org/dc/terms/",
        "foaf" => "http://xmlns.com/foaf/0.1/",
        "rdf" => "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "vcard" => "http://www.w3.org/2006/vcard/ns#",
        other => panic!("no such prefix: {other}"),
    };
    NamedNode::new(format!("{vocabulary}{name}")).expect("an IRI")
}

/// What a node has under a property: IRIs and the texts of literals.
fn of(graph: &Graph, node: &str, property: &str) -> BTreeSet<String> {
    let node = NamedNode::new(node).expect("an IRI");
    graph
        .objects_for_subject_predicate(&node, &term(property))
        .map(|object| match object.into_owned() {
            Term::NamedNode(node) => node.into_string(),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::BlankNode(node) => panic!("{node} has no name"),
        })
        .collect()
}

/// The one thing that a node has under a property.
#[track_caller]
fn only(graph: &Graph, node: &str, property: &str) -> String {
    let mut all = of(graph, node, property);
    assert_eq!(all.len(), 1, "{property} of {node}: {all:?}");
    all.pop_first().expect("one")
}

/// The nodes of a class.
fn all(graph: &Graph, class: &str) -> BTreeSet<String> {
    graph
        .subjects_for_predicate_object(&term("rdf:type"), &term(class))
        .map(|node| match node.into_owned() {
            oxrdf::NamedOrBlankNode::NamedNode(node) => node.into_string(),
            oxrdf::NamedOrBlankNode::BlankNode(node) => panic!("{node} has no name"),
        })
        .collect()
}

/// The catalogue once the second of the last change is over: its date is then one that
/// can be asked with.
async fn settled(app: &TestApp) -> Answer {
    let mut settled = get(app, "/datasets/dcat").await.expect(200);
    crate::support::eventually("304", std::time::Duration::from_secs(5), async || {
        settled = get(app, "/datasets/dcat").await.expect(200);
        let asked = app
            .outside("GET", "/datasets/dcat")
            .header("if-modified-since", settled.header("last-modified"));
        asked.send().await.status == 304
    })
    .await;
    settled
}
