//! Time and size: nothing that is sent in takes for ever.
use std::time::{Duration, Instant};

use super::super::parse;

/// A generous bound against work that grows with the square of the input.
const BOUND: Duration = Duration::from_secs(20);

#[test]
fn a_megabyte_of_anything_is_read_in_bounded_time() {
    let lines = [
        "1.1 A\n",
        "Innehåll\n",
        "- a\n",
        "a\n\n",
        "\u{c}1\n",
        "Mål 1:\n",
        "Nyckeltal:\n",
        "Ã¥\n",
        "a\u{301}\u{323}",
        "1\t1\n",
        "Mål:",
        "ett mål:\n- ",
    ];
    for line in lines {
        let start = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n";
        let text = start.to_owned() + &line.repeat(1_000_000 / line.len());
        let began = Instant::now();
        let _ = parse(text.as_bytes());
        let _ = parse(line.repeat(1_000_000 / line.len()).as_bytes());
        eprintln!("{line:?}: {:?}", began.elapsed());
        assert!(began.elapsed() < BOUND, "{line:?}");
    }
}
