//! Lists: what a client may ask for, and the SQL that answers it.

mod load;
mod place;
mod request;
mod spec;

pub use load::{Counted, Loaded};
pub use request::ListRequest;
pub use spec::{Kind, ListSpec, Member, SHARED};
