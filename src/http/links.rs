//! Links (HYP.11: Link Description Objects): always absolute, always from
//! `PUBLIC_URL` and never from a request's Host.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"href": "https://oppnadata.example.se/malbild/v1/budgets/2024", "rel": "self", "method": "GET"}))]
pub struct Link {
    /// The absolute address.
    #[schema(format = "uri")]
    pub href: String,
    /// How it relates to this (an IANA link relation).
    pub rel: &'static str,
    /// The method to use.
    pub method: &'static str,
}

/// Links by name.
pub type Links = BTreeMap<&'static str, Link>;

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
            links: Links::new(),
        }
    }

    /// Adds a link to `path`, which begins with a slash.
    #[must_use]
    pub fn link(mut self, name: &'static str, rel: &'static str, path: &str) -> Self {
        let href = format!("{}{path}", self.root);
        self.links.insert(
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
        let path = format!("/{collection}/{key}");
        let mut linker = Self::new(root).link("self", "self", &path).link(
            "collection",
            "collection",
            &format!("/{collection}"),
        );
        let href = format!("{root}{path}");
        linker.links.insert(
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
