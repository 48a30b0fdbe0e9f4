//! The faults of one body.

use crate::problem::{Fault, Problem};

/// The most faults that one answer tells: a body of two megabytes can hold two
/// hundred thousand.
const MAX_FAULTS: usize = 1000;

/// The faults found in one body.
#[derive(Debug, Default)]
pub struct Faults {
    told: Vec<Fault>,
    total: usize,
}

impl Faults {
    /// Notes a fault of the member at `pointer`; those past the thousandth are
    /// not told.
    pub fn add(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) {
        self.total += 1;
        if self.told.len() < MAX_FAULTS {
            self.told.push(Fault::new(pointer, code, detail));
        }
    }

    /// Whether the member at `pointer`, one inside it, or one around it has a
    /// fault already.
    pub fn has(&self, pointer: &str) -> bool {
        let within = |outer: &str, inner: &str| {
            inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.told
            .iter()
            .any(|fault| within(pointer, &fault.pointer) || within(&fault.pointer, pointer))
    }

    /// 422 with all of them if there are any.
    pub fn check(self) -> Result<(), Problem> {
        if self.told.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.told))
        }
    }

    /// Those that are told, and how many there are.
    pub fn into_parts(self) -> (Vec<Fault>, usize) {
        (self.told, self.total)
    }
}
