//! The database (databasen): how it is reached, and the PostgreSQL that the program starts by itself.

pub mod private;
