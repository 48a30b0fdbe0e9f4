//! Lines that belong to nothing: left out, and never silently.
use super::doubts::{Doubt, DoubtCode};
use super::lines::Line;

/// How much of the first line a doubt quotes.
const QUOTED: usize = 60;

/// One doubt for the lines that were left out.
pub(super) fn doubt_left_out(lines: &[&Line], doubts: &mut Vec<Doubt>) {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        return;
    };
    let quoted: String = first.clean().chars().take(QUOTED).collect();
    let detail = match lines.len() {
        1 => format!("left out, for it belongs to no goal and no introduction: \"{quoted}\""),
        count => format!(
            "{count} lines up to line {} were left out, for they belong to no goal and no introduction; the first: \"{quoted}\"",
            last.number
        ),
    };
    doubts.push(Doubt::new(first.number, DoubtCode::LeftOut, detail));
}
