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
pub(super) use judge::{Evidence, summary};
pub(super) use measure::Asked;
pub use words::{
    BaseChoice, Label, Light, Method, PointProvenance, ProgressStatus, Reason, ReasonCode,
};
