//! Time and size: nothing that is sent in takes for ever.
use std::time::{Duration, Instant};

use super::super::parse;

/// A generous bound against hanging, no measure of speed.
const BOUND: Duration = Duration::from_secs(20);

fn read_in_bounded_time(line: &str, bytes: usize) {
    let start = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n";
    let began = Instant::now();
    let _ = parse((start.to_owned() + &line.repeat(bytes / line.len())).as_bytes());
    let taken = began.elapsed();
    println!("{bytes} bytes of {line:?}: {taken:?}");
    assert!(taken < BOUND, "{line:?}: {taken:?}");
}

#[test]
fn a_megabyte_of_prose_is_read_in_bounded_time() {
    read_in_bounded_time(
        "Det här är en rad som är ungefär så lång som en rad är\n",
        1_000_000,
    );
    read_in_bounded_time(
        "Och en till, med punkt. Sedan kommer nästa stycke.\n\n",
        1_000_000,
    );
    read_in_bounded_time("ord ", 1_000_000);
}

#[test]
fn work_does_not_grow_with_the_square_of_lines_that_mean_something() {
    let lines = [
        "1.1 A\n",
        "1.1 A\nb\n",
        "Innehåll\n",
        "Innehåll\n1 a\nb\n",
        "- a\n",
        "a\n\n",
        "\u{c}1\n",
        "Mål 1:\n",
        "Nyckeltal:\n",
        "Nyckeltal\na:\n",
        "Ã¥\n",
        "a\u{301}\u{323}",
        "1\t1\n",
        "Mål:",
        "ett mål:\n- ",
    ];
    for line in lines {
        read_in_bounded_time(line, 200_000);
    }
}
