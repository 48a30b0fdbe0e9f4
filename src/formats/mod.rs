//! Writers of figures in other forms than JSON: rows in, bytes out. They know no
//! resource, no HTTP and no database.

pub mod json_stat;
pub mod xlsx;
