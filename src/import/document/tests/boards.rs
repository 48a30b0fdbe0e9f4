//! Which board a board's own assignment names.
use super::super::split_board;

fn boards() -> Vec<(u8, String)> {
    let names = [
        "Nämnden",
        "Miljönämnden",
        "Barn- och utbildningsnämnden",
        "Nämnden: lokalt",
        "Miljö\u{301}nämnden",
    ];
    names
        .iter()
        .zip(1..)
        .map(|(name, id)| (id, (*name).to_owned()))
        .collect()
}

fn split(item: &str) -> Option<(u8, String)> {
    split_board(item, &boards()).map(|named| (*named.board, named.text))
}

#[test]
fn a_board_before_a_colon_or_in_brackets_at_the_end_is_found() {
    let expected = Some((2, "Mät vattnet".to_owned()));
    for item in [
        "Miljönämnden: Mät vattnet",
        "MILJÖNÄMNDEN : Mät vattnet",
        "Mät vattnet (miljönämnden)",
        "Mät vattnet (Miljönämnden).",
        "Miljo\u{308}na\u{308}mnden: Mät vattnet",
    ] {
        assert_eq!(split(item), expected, "{item}");
    }
    assert_eq!(
        split("Barn- och utbildningsnämnden: Läs: mer"),
        Some((3, "Läs: mer".to_owned()))
    );
}

#[test]
fn the_longest_name_wins() {
    assert_eq!(split("Nämnden: lokalt: Mät"), Some((4, "Mät".to_owned())));
    assert_eq!(
        split("Nämnden: Mät (Miljönämnden)"),
        Some((2, "Nämnden: Mät".to_owned()))
    );
}

#[test]
fn an_item_without_a_known_board_or_without_text_has_none() {
    for item in [
        "",
        ":",
        "()",
        "Mät vattnet",
        "Fiskenämnden: Mät",
        "Mät (fiskenämnden)",
        "Miljönämnden ska: mäta",
        "Miljönämnden:",
        "(Miljönämnden)",
    ] {
        assert_eq!(split(item), None, "{item}");
    }
}
