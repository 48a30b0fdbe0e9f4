//! A graph that is put together node by node, and its three forms.

use std::io;

use chrono::{DateTime, SecondsFormat, Utc};
use oxjsonld::JsonLdSerializer;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, Term, Triple};
use oxrdfxml::RdfXmlSerializer;
use oxttl::TurtleSerializer;

use super::vocabulary::{A, DATE_TIME, GREGORIAN_YEAR, PREFIXES};

/// The same in Swedish and in English.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    pub(super) sv: &'a str,
    pub(super) en: &'a str,
}

/// Triples in the order in which they are written: the same graph has always
/// the same bytes. Nothing in it is without a name.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    triples: Vec<Triple>,
}

/// A node, while it is told what it is.
pub(super) struct Node<'g> {
    graph: &'g mut Graph,
    subject: NamedNode,
}

impl Graph {
    /// Begins to tell of the node `iri`, which is of this class. The IRI is one of
    /// ours or one that the settings have checked.
    pub(super) fn node(&mut self, iri: &str, class: NamedNodeRef<'_>) -> Node<'_> {
        let node = Node {
            graph: self,
            subject: NamedNode::new_unchecked(iri),
        };
        node.link(A, class.as_str())
    }
}

impl Node<'_> {
    fn add(self, predicate: NamedNodeRef<'_>, object: impl Into<Term>) -> Self {
        let subject = self.subject.clone();
        self.graph
            .triples
            .push(Triple::new(subject, predicate, object));
        self
    }

    /// Something else that has a name.
    pub(super) fn link(self, predicate: NamedNodeRef<'_>, iri: &str) -> Self {
        self.add(predicate, NamedNode::new_unchecked(iri))
    }

    /// Several such.
    pub(super) fn links<'a>(
        self,
        predicate: NamedNodeRef<'_>,
        iris: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        iris.into_iter()
            .fold(self, |node, iri| node.link(predicate, iri))
    }

    /// Text in both languages.
    pub(super) fn words(self, predicate: NamedNodeRef<'_>, words: Words<'_>) -> Self {
        self.text(predicate, "sv", words.sv)
            .text(predicate, "en", words.en)
    }

    /// Text in one language.
    pub(super) fn text(self, predicate: NamedNodeRef<'_>, language: &str, text: &str) -> Self {
        let text = Literal::new_language_tagged_literal_unchecked(text, language);
        self.add(predicate, text)
    }

    /// Text in no language.
    pub(super) fn plain(self, predicate: NamedNodeRef<'_>, text: &str) -> Self {
        self.add(predicate, Literal::new_simple_literal(text))
    }

    /// A moment, to the microsecond.
    pub(super) fn moment(self, predicate: NamedNodeRef<'_>, moment: DateTime<Utc>) -> Self {
        let text = moment.to_rfc3339_opts(SecondsFormat::Micros, true);
        self.add(predicate, Literal::new_typed_literal(text, DATE_TIME))
    }

    /// A year.
    pub(super) fn year(self, predicate: NamedNodeRef<'_>, year: i32) -> Self {
        let text = format!("{year:04}");
        self.add(predicate, Literal::new_typed_literal(text, GREGORIAN_YEAR))
    }

    /// What `tell` adds, if there is something to tell.
    pub(super) fn perhaps<T>(self, some: Option<T>, tell: impl FnOnce(Self, T) -> Self) -> Self {
        match some {
            Some(some) => tell(self, some),
            None => self,
        }
    }
}

/// A form in which the graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// RDF/XML: what the data portal harvests.
    RdfXml,
    /// Turtle: for people.
    Turtle,
    /// JSON-LD: for programs.
    JsonLd,
}

impl Form {
    /// The media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::RdfXml => "application/rdf+xml",
            Self::Turtle => "text/turtle",
            Self::JsonLd => "application/ld+json",
        }
    }

    /// The graph in this form.
    pub(super) fn write(self, graph: &Graph) -> io::Result<Vec<u8>> {
        match self {
            Self::RdfXml => rdf_xml(graph),
            Self::Turtle => turtle(graph),
            Self::JsonLd => json_ld(graph),
        }
    }
}

/// The serializer with all prefixes.
macro_rules! prefixed {
    ($serializer:expr) => {{
        let mut serializer = $serializer;
        for (name, iri) in PREFIXES {
            serializer = serializer
                .with_prefix(name, iri)
                .map_err(io::Error::other)?;
        }
        serializer.for_writer(Vec::new())
    }};
}

fn rdf_xml(graph: &Graph) -> io::Result<Vec<u8>> {
    let mut writer = prefixed!(RdfXmlSerializer::new());
    for triple in &graph.triples {
        writer.serialize_triple(triple)?;
    }
    writer.finish()
}

fn turtle(graph: &Graph) -> io::Result<Vec<u8>> {
    let mut writer = prefixed!(TurtleSerializer::new());
    for triple in &graph.triples {
        writer.serialize_triple(triple)?;
    }
    writer.finish()
}

fn json_ld(graph: &Graph) -> io::Result<Vec<u8>> {
    let mut writer = prefixed!(JsonLdSerializer::new());
    for triple in &graph.triples {
        writer.serialize_quad(triple.as_ref().in_graph(GraphNameRef::DefaultGraph))?;
    }
    writer.finish()
}
