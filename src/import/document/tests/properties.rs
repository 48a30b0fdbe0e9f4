//! What holds for every document: nothing makes the parser panic, and no character of a
//! political text is lost.
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::super::{Goal, parse};
use super::{DOCUMENT, budget, texts};

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        cases: 128,
        ..ProptestConfig::default()
    }
}

/// Lines that mean something to the parser, so that shuffles reach its corners.
const LINES: [&str; 26] = [
    "",
    " ",
    "\u{c}",
    "7",
    "1",
    "1.1",
    "1.1 ",
    "1.2 Vi läser",
    "1.2\tVi läser\t4",
    "Innehållsförteckning",
    "Mål 1:",
    "Mål 1: Vi badar",
    "Mål: Vatten",
    "Mål:",
    "I budget 2025 finns åtta mål:",
    "- Vi har rena sjöar",
    "-",
    "•",
    "a)",
    "Nyckeltal 2025:",
    "Investeringar: -",
    "Nämndernas egna uppdrag",
    "Sidan uppdaterad 2025-02-30",
    "Kommunfullmäktige",
    "Fullmäktiges mål 9999",
    "och så vidare",
];

fn shuffled() -> impl Strategy<Value = String> {
    let own: Vec<String> = DOCUMENT.lines().chain(LINES).map(str::to_owned).collect();
    proptest::collection::vec(proptest::sample::select(own), 0..60)
        .prop_map(|lines| lines.join("\n"))
}

/// The document with some bytes of it overwritten.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec((0..DOCUMENT.len(), any::<u8>()), 0..12).prop_map(|changes| {
        let mut bytes = DOCUMENT.as_bytes().to_vec();
        for (place, byte) in changes {
            bytes[place] = byte;
        }
        bytes
    })
}

/// A word of a political text, in lower case.
fn word() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[iåö]|[a-zåäöé]{2,9}(-[a-zåäö]{1,5})?")
        .expect("a valid expression")
}

/// What stands between two words: a blank, or seldom a break that page layout makes.
fn gap() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        12 => Just(" "),
        1 => proptest::sample::select(vec!["\n", "\n\n", "\n\n\n", "\n \n", "\n\n \n", "\u{c}", "\n\u{c}\n", " \n\n7\n\u{c}\n", "\n \n12\n\n"]),
    ]
}

/// A paragraph as it was written, and the same as page layout left it.
fn paragraph() -> impl Strategy<Value = (String, String)> {
    let middle = proptest::collection::vec(
        (gap(), word(), prop_oneof![9 => Just(""), 1 => Just(",")]),
        4..40,
    );
    let end = proptest::sample::select(vec![".", "!", "?", "…", ":", ";", ".”", ".)", "?\""]);
    (
        proptest::sample::select(vec!["Vi", "Öar", "En", "”Vi", "(Om"]),
        middle,
        end,
    )
        .prop_map(|(first, middle, end)| {
            let (mut whole, mut broken) = (first.to_owned(), first.to_owned());
            for (gap, word, comma) in middle {
                whole.push_str(&format!(" {word}{comma}"));
                broken.push_str(&format!("{gap}{word}{comma}"));
            }
            (whole + end, broken + end)
        })
}

/// What stands between two paragraphs.
fn parting() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "\n",
        "\n\n",
        "\n \n",
        "\n\n\n",
        "\n\u{c}\n",
        "\n\n3\n\u{c}\n",
        "\u{c}",
    ])
}

fn letters(text: &str) -> String {
    text.nfc()
        .filter(|character| !character.is_whitespace())
        .collect()
}

fn letters_of(goal: &Goal) -> String {
    letters(&texts(goal).concat())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), other in "(\\PC|[\n\t \u{c}.:0-9])*") {
        let _ = parse(text.as_bytes());
        let _ = parse(other.as_bytes());
        let _ = parse(format!("Fullmäktiges mål 2025\n1.1 {other}\n{text}").as_bytes());
        let _ = parse(format!("Mål: {text}\n{other}").as_bytes());
    }

    #[test]
    fn no_shuffle_of_a_document_makes_it_panic(text in shuffled()) {
        let _ = parse(text.as_bytes());
    }

    #[test]
    fn no_damage_to_a_document_makes_it_panic(bytes in mutated()) {
        let _ = parse(&bytes);
    }

    #[test]
    fn paragraphs_come_back_whole_and_apart_however_pages_broke_them(
        paragraphs in proptest::collection::vec((paragraph(), parting()), 1..8),
    ) {
        let mut text = "Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\n".to_owned();
        for ((_, broken), parting) in &paragraphs {
            text.push_str(broken);
            text.push_str(parting);
        }
        let document = budget(&text);
        let found: Vec<String> = texts(&document.goals[0]).into_iter().map(str::to_owned).collect();
        let expected: Vec<String> = paragraphs.into_iter().map(|((whole, _), _)| whole).collect();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(letters(&found.concat()), letters(&expected.concat()));
    }

    /// Whatever characters a line has, each of them stands in the goal that it is under.
    #[test]
    fn no_character_of_any_line_is_lost(lines in proptest::collection::vec("[A-ZÅÄÖa-zåäö(”•-]\\PC{0,60}", 0..12)) {
        let text = lines.join("\n\n");
        let document = budget(&format!("Fullmäktiges mål 2025\n\n1.1 Vi har rena sjöar\n\nVi badar.\n\n{text}\n"));
        prop_assert_eq!(document.goals.len(), 1);
        prop_assert_eq!(letters_of(&document.goals[0]), letters(&format!("Vi badar.{text}")));
    }
}
