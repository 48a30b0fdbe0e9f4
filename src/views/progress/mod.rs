//! Progress (måluppfyllelse): how it goes with a target, and why the service
//! says so.

mod measure;
mod words;

#[cfg(test)]
mod tests;

pub use measure::{Asked, Flips, Goalpost, Measured, Point, Wanted, measure};
pub use words::{
    BaseChoice, Label, Light, Method, PointProvenance, ProgressStatus, Reason, ReasonCode,
};
