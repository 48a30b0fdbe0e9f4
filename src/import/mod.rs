//! What comes in from outside: pure parsers first, the writing apart from them.

pub mod document;
pub mod documents;
pub mod kolada;
pub mod values;
pub mod writing;
