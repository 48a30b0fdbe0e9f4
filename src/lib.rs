//! Målbild.
pub mod database;
