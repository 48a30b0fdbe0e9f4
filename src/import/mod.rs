//! What comes in from outside: pure parsers first, the writing apart from them.

pub mod document;
pub mod documents;
pub mod values;
pub mod writing;
