//! A whole body of rows, whatever form it is in.

use super::csv::Rows;
use super::{MAX_FAULTS, ReadRow, json};
use crate::http::body::RowsForm;
use crate::http::json::{each_element, refused};
use crate::problem::{Code, Problem};

/// The rows of a body, at most `most` (413 past that). 400 for a body that is not
/// in its form; what is wrong with a row is told with the row. An empty line is no
/// row, in CSV as in JSON line by line.
pub fn read_all(form: RowsForm, body: &[u8], most: usize) -> Result<Vec<ReadRow>, Problem> {
    let mut all = All {
        rows: Vec::new(),
        most,
        told: 0,
    };
    match form {
        RowsForm::Json => each_element(body, &mut |element| {
            let number = all.next_number()?;
            all.push(match json::read(number, element.as_bytes()) {
                Ok(row) => row,
                Err(reason) => return Err(refused(format!("row {number}: {reason}"))),
            });
            Ok(())
        })?,
        RowsForm::Lines => {
            let lines = body.split(|byte| *byte == b'\n');
            for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
                let number = all.next_number()?;
                let row = json::read(number, line);
                all.push(row.unwrap_or_else(|reason| json::unreadable(number, &reason)));
            }
        }
        RowsForm::Csv => {
            let mut rows = Rows::new(body)?;
            while let Some(row) = rows.next_row()? {
                all.next_number()?;
                all.push(row);
            }
        }
    }
    Ok(all.rows)
}

/// The rows so far.
struct All {
    rows: Vec<ReadRow>,
    most: usize,
    told: usize,
}

impl All {
    fn next_number(&self) -> Result<i64, Problem> {
        if self.rows.len() < self.most {
            return Ok(self.rows.len() as i64 + 1);
        }
        let detail = format!("a load may have at most {} rows", self.most);
        Err(Problem::new(Code::BodyTooLarge, detail))
    }

    /// Faults that will not be told are not kept: a body can hold millions.
    fn push(&mut self, mut row: ReadRow) {
        row.faults.truncate(MAX_FAULTS - self.told);
        row.faults.shrink_to_fit();
        self.told += row.faults.len();
        self.rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: RowsForm, body: &str) -> Result<Vec<ReadRow>, Problem> {
        read_all(form, body.as_bytes(), 3)
    }

    #[test]
    fn a_row_is_the_same_in_every_form() {
        let json = r#"{"indicatorCode":"N1","municipalityCode":"2380","year":2022,"gender":"T","value":1.50,"note":"a"}"#;
        let delete = r#"{"indicatorCode":"N1","municipalityCode":"2380","year":2023,"gender":"T","action":"delete"}"#;
        let array = read(RowsForm::Json, &format!(" [{json},{delete}] ")).expect("rows");
        let lines = read(RowsForm::Lines, &format!("{json}\r\n\n{delete}\n\n")).expect("rows");
        let csv = "indicatorCode,municipalityCode,year,gender,value,note,action\n\
                   N1,2380,2022,T,1.5,a,\nN1,2380,2023,T,,,delete\n";
        let csv = read(RowsForm::Csv, csv).expect("rows");
        assert_eq!(array, lines);
        assert_eq!(array, csv);
        assert!(array.iter().all(|row| row.incoming.sound));
    }

    #[test]
    fn faults_past_the_thousandth_are_counted_and_not_kept() {
        let members: Vec<String> = (0..700).map(|n| format!("\"a{n}\":1")).collect();
        let row = format!("{{{}}}", members.join(","));
        let rows = read(RowsForm::Lines, &format!("{row}\n{row}\n{row}")).expect("rows");
        let told: usize = rows.iter().map(|row| row.faults.len()).sum();
        let total: usize = rows.iter().map(|row| row.total).sum();
        assert_eq!((told, total), (1_000, 3 * (700 + 5)));
    }

    #[test]
    fn one_row_too_many_is_too_large() {
        for (form, body) in [
            (RowsForm::Json, "[1,1,1,1]"),
            (RowsForm::Lines, "1\n1\n1\n1"),
            (
                RowsForm::Csv,
                "indicatorCode,municipalityCode,year,gender,value\n1\n1\n1\n1\n",
            ),
        ] {
            let refused = read(form, body).expect_err("too many");
            assert_eq!(refused.code, Code::BodyTooLarge, "{form:?}");
        }
    }
}
