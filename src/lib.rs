//! Målbild.
