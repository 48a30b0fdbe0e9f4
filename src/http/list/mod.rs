//! Lists: what a client may ask for, and the SQL that answers it.

mod all;
mod load;
mod paging;
mod place;
mod request;
mod spec;

pub use load::{Counted, Loaded};
pub use paging::{DEFAULT_LIMIT, Paging};
pub use request::ListRequest;
pub use spec::{Kind, ListSpec, Member, SHARED};
