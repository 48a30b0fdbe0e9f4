//! What is read back by another program is in `tests/api/formats`.

use super::*;

const COLUMNS: [Column; 3] = [
    Column::new("code", "Kod", "Code"),
    Column::new("value", "Värde", "Value"),
    Column::new("note", "Anmärkning", "Note"),
];

fn about() -> About {
    About {
        title: "Utfall".to_owned(),
        source: "https://example.org".to_owned(),
        licence: None,
        retrieved: None,
        as_of: None,
        updated: None,
        url: "https://example.org/values".to_owned(),
        credit: None,
    }
}

fn rows(count: usize) -> impl Iterator<Item = Vec<Cell<'static>>> {
    let number = Decimal::parse("0.1").unwrap();
    (0..count).map(move |_| {
        vec![
            Cell::Code("0114"),
            Cell::Number(number),
            Cell::Text(Cow::Borrowed("=1+1")),
        ]
    })
}

fn written(rows: impl Iterator<Item = Vec<Cell<'static>>>) -> Result<Vec<u8>, WrongWorkbook> {
    let created = "2024-05-23T12:00:00Z".parse().unwrap();
    write(&COLUMNS, rows, &about(), created, 3)
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let (one, other) = (written(rows(3)).unwrap(), written(rows(3)).unwrap());
    assert_eq!(one, other);
    assert!(one.starts_with(b"PK"), "a zip archive");
    assert_ne!(one, written(rows(2)).unwrap());
}

#[test]
fn one_row_too_many_is_refused() {
    let refused = written(rows(4)).expect_err("too many");
    assert!(matches!(refused, WrongWorkbook::TooManyRows(3)));
}

#[test]
fn a_sheet_without_rows_can_be_written() {
    assert!(written(rows(0)).is_ok());
}

#[test]
fn a_text_too_long_for_a_cell_is_cut_and_not_in_the_middle_of_a_letter() {
    let long = "😀".repeat(20_000);
    assert_eq!(fitting(&long).chars().count(), 16_383);
    assert_eq!(fitting("kort"), "kort");
    let row = vec![Cell::Empty, Cell::Empty, Cell::Text(long.into())];
    assert!(written([row].into_iter()).is_ok());
}
