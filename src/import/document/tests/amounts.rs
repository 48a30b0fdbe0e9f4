//! Swedish amounts, as they stand in the items under "Investeringar".
use super::super::{Unpriced, split_amount};

fn told(item: &str) -> Result<(String, String), Unpriced> {
    split_amount(item).map(|priced| (priced.title, priced.amount.to_string()))
}

#[test]
fn swedish_amounts_are_read_whatever_their_unit() {
    for (amount, kronor) in [
        ("1 500 000 kr", "1500000"),
        ("1\u{a0}500\u{a0}000\u{a0}kr", "1500000"),
        ("1\u{202f}500\u{2009}000 kronor", "1500000"),
        ("1500000 SEK", "1500000"),
        ("1.500.000 kr.", "1500000"),
        ("1 500:-", "1500"),
        ("99,50 kr", "99.5"),
        ("0,5 mkr", "500000"),
        ("1,5 mnkr", "1500000"),
        ("1,5 Mkr", "1500000"),
        ("2mkr", "2000000"),
        ("1.5 mkr", "1500000"),
        ("500 tkr", "500000"),
        ("1 200 tkr", "1200000"),
        ("500 tusen kronor", "500000"),
        ("1,5 miljoner kronor", "1500000"),
        ("1 miljon kr", "1000000"),
        ("3 milj. kr", "3000000"),
        ("3 milj.kr", "3000000"),
        ("3 MSEK", "3000000"),
        ("1,2 miljarder kronor", "1200000000"),
        ("007 kr", "7"),
    ] {
        let expected = Ok(("Cykelväg".to_owned(), kronor.to_owned()));
        for item in [
            format!("Cykelväg {amount}"),
            format!("Cykelväg, {amount}"),
            format!("Cykelväg: {amount}"),
            format!("Cykelväg – {amount}"),
            format!("Cykelväg - {amount}."),
            format!("Cykelväg ({amount})"),
            format!("Cykelväg ({amount})."),
            format!("{amount}: Cykelväg"),
            format!("{amount} – Cykelväg"),
        ] {
            assert_eq!(told(&item), expected, "{item:?}");
        }
    }
}

#[test]
fn other_numbers_stay_in_the_title() {
    for (item, title) in [
        ("Cykelväg 2024, 2 mkr", "Cykelväg 2024"),
        ("Cykelväg 2024 – 2 mkr", "Cykelväg 2024"),
        ("Cykelväg 2024 2 000 000 kr", "Cykelväg 2024"),
        ("40 nya bänkar, 2 mkr", "40 nya bänkar"),
        ("3 000 meter väg (2 mkr)", "3 000 meter väg"),
        ("Cykelväg (2 mkr) till skolan", "Cykelväg till skolan"),
        ("Cykelväg (2 mkr), etapp 1", "Cykelväg, etapp 1"),
        ("Cykelväg–2 mkr", "Cykelväg"),
    ] {
        assert_eq!(
            told(item),
            Ok((title.to_owned(), "2000000".to_owned())),
            "{item}"
        );
    }
}

#[test]
fn an_amount_within_a_sentence_stays_in_it() {
    for item in [
        "Vi satsar 2 mkr på cykelvägar",
        "2 mkr till cykelvägar",
        "Skolan får 2 mkr. Pengarna räcker.",
    ] {
        assert_eq!(told(item), Ok((item.to_owned(), "2000000".to_owned())));
    }
}

#[test]
fn what_is_no_certain_amount_is_not_taken() {
    for (item, why) in [
        ("Cykelväg", Unpriced::None),
        ("Cykelväg 500", Unpriced::None),
        ("Cykelväg, 2 miljoner resor", Unpriced::None),
        ("Cykelväg, 2 krokar", Unpriced::None),
        ("", Unpriced::None),
        ("Cykelväg 1 mkr och bro 2 mkr", Unpriced::Several),
        ("Cykelväg 1 mkr–2 mkr", Unpriced::Several),
        ("Cykelväg 1–2 mkr", Unpriced::Uncertain),
        ("Cykelväg 1 – 2 mkr", Unpriced::Uncertain),
        ("Cykelväg -2 mkr", Unpriced::Uncertain),
        ("Cykelväg ca 2 mkr", Unpriced::Uncertain),
        ("Cykelväg (cirka 2 mkr)", Unpriced::Uncertain),
        ("Cykelväg, upp till 2 mkr", Unpriced::Uncertain),
        ("Cykelväg, 2 mkr per år", Unpriced::Uncertain),
        ("Cykelväg, 2 mkr/år", Unpriced::Uncertain),
        ("Cykelväg 1.500 tkr", Unpriced::Uncertain),
        ("Cykelväg 1,500,000 kr", Unpriced::Uncertain),
        ("Cykelväg A2 mkr", Unpriced::Uncertain),
        ("Cykelväg 9999999999 mkr", Unpriced::Uncertain),
        ("2 mkr", Unpriced::Untitled),
        ("– 2 mkr", Unpriced::Untitled),
        ("(2 mkr)", Unpriced::Untitled),
    ] {
        assert_eq!(told(item), Err(why), "{item}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_stops_the_reading(item in "[0-9 .,:kmtr()–-]{0,40}|\\PC{0,40}") {
        let _ = split_amount(&item);
    }

    #[test]
    fn a_whole_amount_is_read_as_it_was_written(kronor in 0_u64..1_000_000_000_000_000) {
        let grouped: Vec<String> = kronor
            .to_string()
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        let item = format!("Väg, {} kr", grouped.join("\u{a0}"));
        proptest::prop_assert_eq!(told(&item), Ok(("Väg".to_owned(), kronor.to_string())));
    }
}
