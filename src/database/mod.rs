//! The database (databasen): how it is reached, and the PostgreSQL that the program starts by itself.

pub mod connect;
pub mod private;
#[cfg(test)]
mod test_folder;
