//! Progress (måluppfyllelse): how it goes with a target, and why the service
//! says so.

mod answer;
mod handlers;
mod judge;
mod measure;
mod pace;
mod words;

#[cfg(test)]
mod tests;

pub use answer::{
    FlipsAt, GoalProgress, IndicatorProgress, Progress, ProgressBase, ProgressLatest,
    ProgressSummary, ProgressTarget, Thresholds,
};
pub use handlers::operations;
pub(super) use handlers::ranks;
pub use judge::{Evidence, attribution, summary};
pub use measure::{Asked, Flips, Goalpost, Measured, Point, Wanted, measure};
pub use words::{
    BaseChoice, Label, Light, Method, PointProvenance, ProgressStatus, Reason, ReasonCode,
};
