//! Boards (nämnder och styrelser): the political bodies that answer for operations.

mod handlers;
mod store;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

pub use handlers::operations;
pub use store::{find, hold, hold_as_is, insert, names};

use super::Stamps;
use crate::database::schema::boards;
use crate::http::conditional::version_tag;
use crate::http::forms;
use crate::http::links::{Linker, Root};
use crate::http::list::{Kind, ListSpec, Member};
use crate::http::members::Members;
use crate::http::page::Page;
use crate::http::text;

crate::text_enum! {
    /// What kind of political body it is (typ av organ).
    pub enum BoardKind {
        /// The council (kommunfullmäktige).
        Council = "council",
        /// The executive board (kommunstyrelse).
        ExecutiveBoard = "executiveBoard",
        /// A board (nämnd).
        Board = "board",
        /// A committee (utskott, beredning).
        Committee = "committee",
        /// A company of the municipality's (kommunalt bolag).
        Company = "company",
    }
}

/// What a client writes of a board (nämnd, styrelse).
#[derive(
    Clone,
    Debug,
    PartialEq,
    Serialize,
    ToSchema,
    Queryable,
    Selectable,
    QueryableByName,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = boards, treat_none_as_null = true)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"name": "Kommunstyrelsen", "kind": "executiveBoard", "validFrom": null, "validTo": null, "successorBoardId": null}))]
pub struct BoardContent {
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Kommunstyrelsen")]
    pub name: String,
    /// What kind of body it is.
    pub kind: BoardKind,
    /// The first day it exists; null: as long as anyone asks.
    #[schema(example = "2023-01-01")]
    pub valid_from: Option<NaiveDate>,
    /// The last day it exists; null: until further notice. Not before `validFrom`.
    #[schema(example = "2026-12-31")]
    pub valid_to: Option<NaiveDate>,
    /// The board that took over from it; not itself.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "bildningsnamnden")]
    pub successor_board_id: Option<String>,
}

/// A board (nämnd, styrelse): a political body that answers for operations.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Board {
    /// A short name of plain letters, digits and hyphens: the key.
    #[schema(pattern = "^[a-z0-9-]{1,80}$", example = "kommunstyrelsen")]
    pub board_id: String,
    /// What was written.
    #[serde(flatten)]
    pub content: BoardContent,
    /// What the service sets.
    #[serde(flatten)]
    pub stamps: Stamps,
}

/// A list of boards.
pub type BoardPage = Page<Board>;

/// A board as it stands in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = boards)]
pub struct BoardRow {
    /// The key.
    pub board_id: String,
    /// What was written.
    #[diesel(embed)]
    pub content: BoardContent,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// What the list of boards can do.
pub const LIST: ListSpec = ListSpec {
    table: "boards",
    members: &[
        Member::required("boardId", "board_id", Kind::Text),
        Member::required("name", "name", Kind::Text),
        Member::required("kind", "kind", Kind::Text),
        Member::optional("validFrom", "valid_from", Kind::Date),
        Member::optional("validTo", "valid_to", Kind::Date),
        Member::optional("successorBoardId", "successor_board_id", Kind::Text),
    ],
    order: &["boardId"],
    key: &["boardId"],
    filters: &["boardId", "kind", "q"],
    max_limit: 1000,
    total: None,
    forms: forms::ROWS,
    copied: None,
};

impl BoardContent {
    /// Reads a body, noting every fault. `own` is the key in the path.
    pub fn read(members: &mut Members<'_>, own: &str) -> Self {
        let content = Self {
            name: members.required_text("name", text::NAME),
            kind: members.required_choice("kind", BoardKind::Board),
            valid_from: members.date("validFrom"),
            valid_to: members.date("validTo"),
            successor_board_id: members.slug("successorBoardId"),
        };
        if content
            .valid_from
            .zip(content.valid_to)
            .is_some_and(|(from, to)| to < from)
        {
            members.fault("validTo", "inconsistent", "validTo is before validFrom");
        }
        if content.successor_board_id.as_deref() == Some(own) {
            members.fault(
                "successorBoardId",
                "inconsistent",
                "a board cannot succeed itself",
            );
        }
        content
    }
}

impl BoardRow {
    /// The ETag, unquoted.
    pub fn tag(&self) -> String {
        version_tag("boards", self.version)
    }

    /// As an answer has it where it is one of many: with its ETag.
    fn listed(self, root: &Root) -> Board {
        let tag = self.tag();
        self.shown(root, Some(tag))
    }

    fn shown(self, root: &Root, etag: Option<String>) -> Board {
        let mut linker = Linker::resource(root, "boards", &self.board_id).link(
            "assignments",
            "related",
            format!("/boards/{}/assignments", self.board_id),
        );
        if let Some(successor) = &self.content.successor_board_id {
            linker = linker.link("successor", "related", format!("/boards/{successor}"));
        }
        let stamps = Stamps {
            created_at: self.created_at,
            updated_at: self.updated_at,
            etag,
            links: linker.done(),
        };
        Board {
            board_id: self.board_id,
            content: self.content,
            stamps,
        }
    }
}
