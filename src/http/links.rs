//! Links (HYP.11: Link Description Objects): always absolute, always from
//! `PUBLIC_URL` and never from a request's Host.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"href": "https://oppnadata.example.se/malbild/v1/budgets/2024", "rel": "self", "method": "GET"}))]
pub struct Link {
    /// The absolute address.
    #[schema(
        format = "uri",
        example = "https://oppnadata.example.se/malbild/v1/budgets/2024"
    )]
    pub href: String,
    /// How it relates to this (an IANA link relation).
    #[schema(example = "self")]
    pub rel: &'static str,
    /// The method to use.
    #[schema(example = "GET")]
    pub method: &'static str,
}

/// Links by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Links(BTreeMap<&'static str, Link>);

impl Links {
    /// The link of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<&Link> {
        self.0.get(name)
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
    root: &'a str,
    links: Links,
}

impl<'a> Linker<'a> {
    /// No links yet; `root` is `{PUBLIC_URL}/malbild/v1`.
    pub fn new(root: &'a str) -> Self {
        Self {
            root,
            links: Links::default(),
        }
    }

    /// Adds a link to `path`, which begins with a slash.
    #[must_use]
    pub fn link(mut self, name: &'static str, rel: &'static str, path: &str) -> Self {
        let href = format!("{}{path}", self.root);
        self.links.0.insert(
            name,
            Link {
                href,
                rel,
                method: "GET",
            },
        );
        self
    }

    /// The links of one thing in a collection: itself, the collection, and how
    /// to change it.
    pub fn resource(root: &'a str, collection: &str, key: &str) -> Self {
        let collection = format!("/{collection}");
        Self::within(root, &collection, &format!("{collection}/{key}"))
    }

    /// The same for the paths of the collection and the thing.
    pub fn within(root: &'a str, collection: &str, path: &str) -> Self {
        let mut linker =
            Self::new(root)
                .link("self", "self", path)
                .link("collection", "collection", collection);
        let href = format!("{root}{path}");
        linker.links.0.insert(
            "edit",
            Link {
                href,
                rel: "edit",
                method: "PUT",
            },
        );
        linker
    }

    /// The links.
    pub fn done(self) -> Links {
        self.links
    }
}
