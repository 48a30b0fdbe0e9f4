//! Målbild.
pub mod import;
