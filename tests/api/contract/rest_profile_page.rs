//! The page that goes through the rules of the national profile.

use std::collections::BTreeMap;

const PAGE: &str = include_str!("../../../docs/rest-profile.md");
const VERDICTS: [&str; 3] = ["Met", "Not applicable", "Deviated"];

/// The rules of the profile, by chapter: the last number, and those that there are not.
const RULES: [(&str, u8, &[u8]); 15] = [
    ("DOK", 24, &[14]),
    ("DOT", 4, &[]),
    ("RES", 6, &[]),
    ("UFN", 9, &[6]),
    ("MOG", 3, &[]),
    ("SAK", 37, &[4, 7, 33, 34]),
    ("AME", 7, &[3]),
    ("ARQ", 6, &[4]),
    ("ARP", 4, &[1]),
    ("FEL", 2, &[]),
    ("VER", 19, &[]),
    ("WEB", 6, &[]),
    ("HYP", 19, &[]),
    ("FNS", 14, &[4]),
    ("CAC", 1, &[]),
];

fn rules() -> Vec<String> {
    let mut rules = Vec::new();
    for (chapter, last, missing) in RULES {
        let numbers = (1..=last).filter(|number| !missing.contains(number));
        rules.extend(numbers.map(|number| format!("{chapter}.{number:02}")));
    }
    rules
}

/// The rows of the page: rule, verdict and reason.
fn rows() -> Vec<(String, String, String)> {
    let mut rows = Vec::new();
    for line in PAGE.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [rule, .., verdict, reason] = cells.as_slice() else {
            continue;
        };
        if rule.contains('.') {
            let row = [rule, verdict, reason].map(|cell| (*cell).to_owned());
            rows.push(row.into());
        }
    }
    rows
}

#[test]
fn each_of_the_151_rules_stands_on_the_page_once_with_a_verdict_and_a_reason() {
    let rules = rules();
    assert_eq!(rules.len(), 151);
    let rows = rows();
    let found: Vec<&String> = rows.iter().map(|(rule, ..)| rule).collect();
    assert_eq!(found, rules.iter().collect::<Vec<_>>());
    let mut counts = BTreeMap::new();
    for (rule, verdict, reason) in &rows {
        assert!(VERDICTS.contains(&verdict.as_str()), "{rule}: {verdict}");
        assert!(reason.len() > 5, "{rule} has no reason");
        *counts.entry(verdict.as_str()).or_insert(0) += 1;
    }
    let count = |verdict: &str| counts[verdict];
    let told = format!(
        "**met** ({}), **not applicable** ({}) or **deviated** from ({})",
        count("Met"),
        count("Not applicable"),
        count("Deviated")
    );
    assert!(PAGE.contains(&told), "{told}");
}

#[test]
fn the_files_that_the_page_names_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for word in PAGE.split('`').skip(1).step_by(2) {
        let in_tests = word.ends_with(".rs") && !word.starts_with("src/");
        let path = if in_tests {
            root.join("tests/api").join(word)
        } else if word.starts_with("src/") || word == "CHANGELOG.md" {
            root.join(word)
        } else {
            continue;
        };
        assert!(path.exists(), "{word}");
        named += 1;
    }
    assert!(named > 50, "only {named}");
}
