//! Swedish amounts, as they stand in the items under "Investeringar".
use super::super::{Unpriced, split_amount};

fn told(item: &str) -> Result<(String, String), Unpriced> {
    split_amount(item, 2024).map(|priced| (priced.title, priced.amount.to_string()))
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
            format!("Cykelväg, {amount}"),
            format!("Cykelväg: {amount}"),
            format!("Cykelväg – {amount}"),
            format!("Cykelväg - {amount}."),
            format!("Cykelväg ({amount})"),
            format!("Cykelväg ({amount})."),
        ] {
            assert_eq!(told(&item), expected, "{item:?}");
        }
    }
}

#[test]
fn an_amount_right_after_its_title_is_taken_when_it_can_be_read_in_one_way() {
    for (item, title, kronor) in [
        ("Ny skola 1,5 miljoner kronor", "Ny skola", "1500000"),
        ("Ny skola 12 MSEK", "Ny skola", "12000000"),
        ("Ny skola 500 tkr.", "Ny skola", "500000"),
        ("Ny skola 1 500 000 kr", "Ny skola", "1500000"),
        ("Ny skola 12 000 000 kr", "Ny skola", "12000000"),
        ("Ny skola 10 000 kr", "Ny skola", "10000"),
        ("Ny skola 2 000 000 kr", "Ny skola", "2000000"),
        ("Ny skola 1.500.000 kr", "Ny skola", "1500000"),
        ("Hall A 2 mkr", "Hall A", "2000000"),
        ("Hall (etapp 2) 2 mkr", "Hall (etapp 2)", "2000000"),
        (
            "Cykelväg med belysning 2 mkr",
            "Cykelväg med belysning",
            "2000000",
        ),
    ] {
        let expected = Ok((title.to_owned(), kronor.to_owned()));
        assert_eq!(told(item), expected, "{item}");
    }
}

#[test]
fn other_numbers_stay_in_the_title() {
    for (item, title) in [
        ("Cykelväg 2024, 2 mkr", "Cykelväg 2024"),
        ("Cykelväg 2024 – 2 mkr", "Cykelväg 2024"),
        ("Cykelväg 2024: 2 000 000 kr", "Cykelväg 2024"),
        ("40 nya bänkar, 2 mkr", "40 nya bänkar"),
        ("3 000 meter väg (2 mkr)", "3 000 meter väg"),
        ("Etapp 2: 2 mkr", "Etapp 2"),
        ("Etapp 2 (2 mkr)", "Etapp 2"),
        ("Etapp I: 2 mkr", "Etapp I"),
    ] {
        assert_eq!(
            told(item),
            Ok((title.to_owned(), "2000000".to_owned())),
            "{item}"
        );
    }
}

#[test]
fn an_amount_that_does_not_stand_at_the_end_or_apart_is_not_taken() {
    for item in [
        "Vi satsar 2 mkr på cykelvägar",
        "2 mkr till cykelvägar",
        "2 mkr: Cykelväg",
        "Skolan får 2 mkr",
        "Vi bygger skolor, 2 mkr",
        "Skolan får 2 mkr. Pengarna räcker.",
        "Cykelväg (2 mkr) till skolan",
        "Cykelväg (totalt: 2 mkr)",
        "Cykelväg (2 mkr",
        "Cykelväg–2 mkr",
        "Cykelväg 2 mkr?",
        "Minskning med 5 mkr",
        "Minskning: 5 mkr",
        "Avgift höjs med 20 kr",
        "Lån på 5 mkr",
    ] {
        assert_eq!(told(item), Err(Unpriced::Uncertain), "{item}");
    }
}

#[test]
fn so_much_for_each_or_for_another_time_is_not_taken() {
    for item in [
        "Bussar 2 x 5 mkr",
        "Bussar 2x5 mkr",
        "Bussar 2 × 5 mkr",
        "Bussar 2×5 mkr",
        "Bussar, 2 st à 5 mkr",
        "Bussar, 2 a 5 mkr",
        "Bussar (2 st): 5 mkr",
        "Bussar 2x: 5 mkr",
        "Bussar 5 mkr vardera",
        "5 mkr vardera",
        "Bussar 5 mkr/st",
        "Per styck: 5 mkr",
        "Cykelväg, 2 mkr per år",
        "Cykelväg, 2 mkr/år",
        "Cykelväg 5 mkr, årligen",
        "Cykelväg 5 mkr (årligen)",
        "Cykelväg (5 mkr) årligen",
        "Cykelväg årligen: 5 mkr",
        "Treårig satsning: 5 mkr",
        "5,0 mkr i tre år",
        "Cykelväg i tre år, 5 mkr",
        "5 mkr 2025-2027",
        "Cykelväg 5 mkr 2024",
        "Cykelväg 2024-2026: 5 mkr",
        "Cykelväg 2024–26, 5 mkr",
        "Cykelväg 2024/25, 5 mkr",
        "Cykelväg 2025: 5 mkr",
        "Skola och park, 5 resp 10 mkr",
        "Skola respektive park: 5 mkr",
        "Skola, varav bidrag: 5 mkr",
    ] {
        assert_eq!(told(item), Err(Unpriced::Uncertain), "{item}");
    }
}

#[test]
fn a_number_that_can_be_read_in_two_ways_is_not_taken() {
    for item in [
        "Etapp 2 500 tkr",
        "Etapp 2 – 500 tkr",
        "Etapp 2, 5 mkr",
        "Ombyggnad väg 45 500 tkr",
        "Ombyggnad väg 592 500 tkr",
        "Ombyggnad väg 45 5 mkr",
        "Skola F-9 500 tkr",
        "Etapp 2 500 000 kr",
        "Väg 45 500 000 kr",
        "Skola F 2 500 000 kr",
        "Hall A 1,500 tkr",
        "Hall B 1,500 kr",
        "Hall C: 1,500 kronor",
        "Hall D: 1,500 SEK",
        "Cykelväg 1.500 tkr",
        "Cykelväg 1,500,000 kr",
        "Cykelväg 1:500 kr",
        "Cykelväg A2 mkr",
    ] {
        assert_eq!(told(item), Err(Unpriced::Uncertain), "{item}");
    }
    let of_millions = Ok(("Hall".to_owned(), "1250000".to_owned()));
    assert_eq!(told("Hall: 1,250 mkr"), of_millions);
}

#[test]
fn what_is_no_certain_amount_is_not_taken() {
    for (item, why) in [
        ("Cykelväg", Unpriced::None),
        ("Cykelväg 500", Unpriced::None),
        ("Cykelväg, 2 miljoner resor", Unpriced::None),
        ("Cykelväg, 2 krokar", Unpriced::None),
        ("Svarstid inom 5 sek", Unpriced::None),
        ("Svarstid: 5 msek", Unpriced::None),
        ("", Unpriced::None),
        ("Cykelväg 1 mkr och bro 2 mkr", Unpriced::Several),
        ("Cykelväg 1 mkr–2 mkr", Unpriced::Several),
        ("Cykelväg 1–2 mkr", Unpriced::Uncertain),
        ("Cykelväg 1 – 2 mkr", Unpriced::Uncertain),
        ("Cykelväg -2 mkr", Unpriced::Uncertain),
        ("Cykelväg ca 2 mkr", Unpriced::Uncertain),
        ("Cykelväg (cirka 2 mkr)", Unpriced::Uncertain),
        ("Cykelväg, upp till 2 mkr", Unpriced::Uncertain),
        ("Cykelväg, mer än 2 mkr", Unpriced::Uncertain),
        ("Park 1 upp emot 5 mkr", Unpriced::Uncertain),
        ("Cykelväg 5 eller 10 mkr", Unpriced::Uncertain),
        ("Cykelväg kring 2 mkr", Unpriced::Uncertain),
        ("Cykelväg, närmare 2 mkr", Unpriced::Uncertain),
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
        let _ = split_amount(&item, 2024);
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
