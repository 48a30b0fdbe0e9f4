//! Rows and faults out of bytes.

use super::*;

const HEADER: &str = "indicatorCode,municipalityCode,year,gender,value,status,provenance,note\n";

fn parsed(csv: impl AsRef<[u8]>) -> Vec<ReadRow> {
    let mut rows = Rows::new(csv.as_ref()).expect("a header");
    std::iter::from_fn(|| rows.next_row().expect("a row")).collect()
}

fn faults(cells: impl AsRef<[u8]>) -> Vec<(String, String)> {
    let csv = [HEADER.as_bytes(), cells.as_ref(), b"\n"].concat();
    let faults = parsed(csv).into_iter().flat_map(|row| row.faults);
    faults.map(|fault| (fault.field, fault.code)).collect()
}

/// What a sound row wants.
#[track_caller]
fn content(row: &ReadRow) -> &ValueContent {
    assert!(row.incoming.sound, "{row:?}");
    match &row.incoming.wanted {
        Wanted::Value(content) => content,
        Wanted::Nothing => panic!("{row:?}"),
    }
}

fn header_fault(header: &str) -> String {
    match Rows::new(header.as_bytes()) {
        Ok(_) => panic!("{header} was taken"),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn a_row_has_its_figure_exactly_and_defaults_where_a_column_is_missing() {
    let rows = parsed(
        "year,value,indicatorCode,gender,municipalityCode\r\n2022,12345678901234.56,N01951,T,2380\r\n",
    );
    let incoming = &rows[0].incoming;
    assert_eq!((incoming.row, incoming.key.year), (1, Some(2022)));
    let row = content(&rows[0]);
    assert_eq!(
        row.value.map(|value| value.to_string()).as_deref(),
        Some("12345678901234.56")
    );
    assert_eq!(row.status, ValueStatus::Final);
    assert_eq!(row.provenance, Provenance::Reported);
    assert_eq!(row.note, None);
}

#[test]
fn a_byte_order_mark_and_quoted_cells_of_several_lines_are_read() {
    let csv = format!("\u{feff}{HEADER}N1,2380,2022,T,,missing,,\"a, \"\"b\"\"\r\nå\"\n");
    let rows = parsed(csv);
    let row = content(&rows[0]);
    assert_eq!(row.note.as_deref(), Some("a, \"b\"\nå"));
    assert_eq!(row.value, None);
}

#[test]
fn every_fault_of_a_row_is_found_at_once() {
    let found = faults("n1,238,1899,k,x,finished,kolada,a\u{7}");
    let expected = [
        ("indicatorCode", "invalidFormat"),
        ("municipalityCode", "invalidFormat"),
        ("year", "outOfRange"),
        ("gender", "notAllowed"),
        ("value", "invalidFormat"),
        ("status", "notAllowed"),
        ("note", "controlCharacter"),
    ];
    let expected = expected.map(|(field, code)| (field.to_owned(), code.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn a_figure_that_is_none_or_does_not_fit_is_a_fault() {
    for (value, code) in [
        ("NaN", "invalidFormat"),
        ("Infinity", "invalidFormat"),
        ("1,5", "wrongLength"),
        ("\"1,5\"", "invalidFormat"),
        ("=1+1", "invalidFormat"),
        (" 1", "invalidFormat"),
        ("1e400", "outOfRange"),
        ("1e1000000000", "outOfRange"),
        ("1e131073", "outOfRange"),
        (
            "0.1234567890123456789012345678901234567890",
            "tooManyDecimals",
        ),
        ("", "required"),
    ] {
        let found = faults(format!("N1,2380,2022,T,{value},,,"));
        assert_eq!(found.len(), 1, "{value}: {found:?}");
        assert_eq!(found[0].1, code, "{value}");
    }
}

#[test]
fn a_number_beside_a_status_that_has_none_is_a_fault() {
    let found = faults("N1,2380,2022,T,1,confidential,,");
    assert_eq!(found, [("value".to_owned(), "inconsistent".to_owned())]);
}

#[test]
fn nul_and_what_is_not_utf8_are_faults_of_their_cells() {
    assert_eq!(faults(b"N1\0,2380,2022,T,1,,,")[0].0, "indicatorCode");
    let nul = faults(b"N1,2380,2022,T,1,,,a\0b");
    assert_eq!(nul, [("note".to_owned(), "controlCharacter".to_owned())]);
    let latin = faults(b"N1,2380,2022,T,1,,,\xe5");
    assert_eq!(latin, [("note".to_owned(), "invalidFormat".to_owned())]);
}

#[test]
fn a_header_must_name_what_there_is() {
    assert!(header_fault("").contains("indicatorCode is missing"));
    assert!(header_fault("indicatorCode;municipalityCode\n").contains("commas"));
    assert!(header_fault("kpi,municipalityCode\n").contains("\"kpi\""));
    assert!(header_fault("indicatorCode,municipalityCode,year,gender\n").contains("value"));
    assert!(header_fault("year,year\n").contains("twice"));
}

#[test]
fn rows_are_counted_from_the_first_after_the_header_without_blank_lines() {
    let csv = format!("{HEADER}N1,2380,2022,T,1,,,\"a\nb\"\n\nN1,2380,2022,T,x,,,\n");
    let rows = parsed(csv);
    let fault = &rows[1].faults[0];
    assert_eq!((fault.row_number, fault.field.as_str()), (2, "value"));
}

#[test]
fn a_quote_out_of_place_ends_the_reading_after_the_rows_before_it_and_takes_none_with_it() {
    let before = "N1,2380,2021,T,1,,,\n\nN1,2380,2022,T,x,,,\n";
    let long = format!("\"{}", "x".repeat(70_000));
    for (row, reason) in [
        (
            "N1,2380,2022,T,1,,,\"a\nN1,2380,2023,T,1,,,\n",
            "a quote is never closed",
        ),
        ("N1,2380,2022,T,\"1\"5,,,\n", "a quoted cell goes on"),
        (
            "N1,2380,2022,T,1\"5,,,\nN1,2380,2023,T,1,,,\n",
            "a quote stands inside a cell",
        ),
        (
            "N1,2380,2022,T,1,,, \"a\"\n",
            "a quote stands inside a cell",
        ),
        (&long, "it has more than 64 KiB"),
    ] {
        let csv = format!("{HEADER}{before}{row}");
        let mut rows = Rows::new(csv.as_bytes()).expect("a header");
        let first = rows.next_row().expect("a row").expect("a row");
        assert!(first.incoming.sound, "{row:?}");
        let second = rows.next_row().expect("a row").expect("a row");
        assert_eq!(second.faults[0].field, "value");
        let told = rows.next_row().expect_err("broken").to_string();
        assert!(told.starts_with(&format!("row 3: {reason}")), "{told}");
    }
    assert!(header_fault("indicatorCode,\"year\nx").contains("never closed"));
}

#[test]
fn quotes_in_their_places_are_read() {
    let header = HEADER.replace("indicatorCode", "\u{feff}\"indicatorCode\"");
    let csv = format!(
        "{header}\"N1\",\"2380\",\"2022\",\"T\",\"1.5\",,,\"a \"\"b\"\", c\"\r\nN1,2380,2023,T,\"\",missing,,\"\"\"\""
    );
    let rows = parsed(csv);
    assert_eq!(content(&rows[0]).note.as_deref(), Some("a \"b\", c"));
    assert_eq!(content(&rows[1]).note.as_deref(), Some("\""));
}

#[test]
fn a_row_that_deletes_has_its_key_and_nothing_else() {
    let header = HEADER.trim_end().to_owned() + ",action\n";
    let rows = parsed(format!(
        "{header}N1,2380,2022,T,,,,,delete\nN1,2380,2023,T,1,final,kolada,a,delete\nN1,2380,2024,T,1,,,,upsert\nN1,2380,2024,T,1,,,,remove\n"
    ));
    assert!(rows[0].incoming.sound && rows[0].incoming.wanted == Wanted::Nothing);
    let fields = rows[1].faults.iter().map(|fault| fault.field.as_str());
    let fields: Vec<&str> = fields.collect();
    assert_eq!(fields, ["value", "status", "provenance", "note"]);
    assert!(content(&rows[2]).value.is_some());
    assert_eq!(rows[3].faults[0].code, "notAllowed");
}
