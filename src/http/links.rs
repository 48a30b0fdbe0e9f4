//! Links (HYP.11: Link Description Objects): always absolute, always from
//! `PUBLIC_URL` and never from a request's Host.

use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What every link begins with, `{PUBLIC_URL}/malbild/v1`: one text, shared.
pub type Root = Arc<str>;

/// An absolute address, put together when it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Href {
    root: Root,
    path: Arc<str>,
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        f.write_str(&self.path)
    }
}

impl Serialize for Href {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"href": "https://oppnadata.example.se/malbild/v1/budgets/2024", "rel": "self", "method": "GET"}))]
pub struct Link {
    /// The absolute address.
    #[schema(
        value_type = String,
        format = "uri",
        example = "https://oppnadata.example.se/malbild/v1/budgets/2024"
    )]
    pub href: Href,
    /// How it relates to this (an IANA link relation).
    #[schema(example = "self")]
    pub rel: &'static str,
    /// The method to use.
    #[schema(example = "GET")]
    pub method: &'static str,
}

/// Links by name, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(Vec<(&'static str, Link)>);

impl Links {
    /// The link of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<&Link> {
        self.0
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, link)| link)
    }

    fn set(&mut self, name: &'static str, link: Link) {
        match self.0.binary_search_by_key(&name, |(other, _)| other) {
            Ok(place) => self.0[place].1 = link,
            Err(place) => self.0.insert(place, (name, link)),
        }
    }
}

impl Serialize for Links {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, link) in &self.0 {
            map.serialize_entry(name, link)?;
        }
        map.end()
    }
}

impl ToSchema for Links {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Link::name().into_owned(), Link::schema()));
    }
}

impl PartialSchema for Links {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("Links by name; `self` is always there."))
            .additional_properties(Some(Ref::from_schema_name(Link::name())))
            .into()
    }
}

/// Puts links together under one API root.
pub struct Linker<'a> {
    root: &'a Root,
    links: Links,
}

impl<'a> Linker<'a> {
    /// No links yet.
    pub fn new(root: &'a Root) -> Self {
        // Most things have three or four.
        let links = Links(Vec::with_capacity(4));
        Self { root, links }
    }

    /// Adds a link to `path`, which begins with a slash.
    #[must_use]
    pub fn link(self, name: &'static str, rel: &'static str, path: impl Into<Arc<str>>) -> Self {
        self.with(name, rel, "GET", path.into())
    }

    fn with(
        mut self,
        name: &'static str,
        rel: &'static str,
        method: &'static str,
        path: Arc<str>,
    ) -> Self {
        let href = Href {
            root: Arc::clone(self.root),
            path,
        };
        self.links.set(name, Link { href, rel, method });
        self
    }

    /// The links of one thing in a collection: itself, the collection, and how
    /// to change it.
    pub fn resource(root: &'a Root, collection: &str, key: &str) -> Self {
        let path = format!("/{collection}/{key}");
        Self::within(root, format!("/{collection}"), path)
    }

    /// The same for the paths of the collection and the thing.
    pub fn within(root: &'a Root, collection: String, path: String) -> Self {
        let path: Arc<str> = path.into();
        Self::new(root)
            .link("self", "self", Arc::clone(&path))
            .link("collection", "collection", collection)
            .with("edit", "edit", "PUT", path)
    }

    /// The links.
    pub fn done(self) -> Links {
        self.links
    }
}
