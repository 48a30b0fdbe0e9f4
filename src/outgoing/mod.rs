//! What the service sends to others: signed requests to addresses that others
//! chose, and the key under which the secrets for them are sealed.

mod addresses;
mod courier;
mod keyring;
mod message;
mod times;

use std::sync::Arc;

use tokio::sync::Notify;

pub use addresses::{Reach, judge};
pub use courier::{Attempt, Courier, Lookup};
pub use keyring::{KeyFault, Keyring};
pub use message::Message;
pub use times::Times;

/// What all of the service needs to send something.
#[derive(Clone)]
pub struct Outgoing {
    /// What seals the secrets.
    pub keyring: Arc<Keyring>,
    /// What carries the messages.
    pub courier: Courier,
    /// How long everything may take.
    pub times: Times,
    /// Told when there is something to send that is no change of a resource.
    pub wake: Arc<Notify>,
}
