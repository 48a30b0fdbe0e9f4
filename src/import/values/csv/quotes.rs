//! What RFC 4180 allows of quotes, and how long a row may be. The CSV library
//! is lenient: it would take the rows after a quote that is never closed for
//! one cell, and so lose them.

use std::io::{self, Read};

/// The most bytes of a row: a note of 5 000 characters, each four bytes or a
/// doubled quote, and more than enough for the rest.
const LONGEST_ROW: usize = 64 * 1024;

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Where in a cell the last byte stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before its first character.
    Start,
    /// In one without quotes.
    Plain,
    /// Between the quotes.
    Quoted,
    /// After a quote that closes the cell, or is the first of two.
    Closing,
}

/// A reader that ends with an error where the bytes break the rules.
pub(super) struct Checked<R> {
    input: R,
    place: Place,
    row: i64,
    length: usize,
    begun: bool,
    seen: usize,
}

impl<R> Checked<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            place: Place::Start,
            // The header is not counted.
            row: 0,
            length: 0,
            begun: false,
            seen: 0,
        }
    }

    fn wrong(&self, what: &str) -> io::Error {
        let row = match self.row {
            0 => "the header".to_owned(),
            row => format!("row {row}"),
        };
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{row}: {what}; what follows cannot be told apart"),
        )
    }

    fn check(&mut self, byte: u8) -> io::Result<()> {
        self.seen += 1;
        // A byte order mark is no part of the first cell.
        if self.seen <= BOM.len() && byte == BOM[self.seen - 1] {
            return Ok(());
        }
        let ends_line = matches!(byte, b'\r' | b'\n') && self.place != Place::Quoted;
        if ends_line {
            self.row += i64::from(self.begun);
            (self.begun, self.length) = (false, 0);
        } else {
            self.begun = true;
            self.length += 1;
            if self.length > LONGEST_ROW {
                return Err(self.wrong("it has more than 64 KiB, or a quote that is never closed"));
            }
        }
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::Closing,
            (Place::Quoted, _) => Place::Quoted,
            (Place::Start | Place::Closing, b'"') => Place::Quoted,
            (Place::Plain, b'"') => {
                return Err(self.wrong("a quote stands inside a cell that has none around it"));
            }
            (_, b',' | b'\r' | b'\n') => Place::Start,
            (Place::Closing, _) => {
                return Err(self.wrong("a quoted cell goes on after its closing quote"));
            }
            _ => Place::Plain,
        };
        Ok(())
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        if count == 0 && self.place == Place::Quoted {
            return Err(self.wrong("a quote is never closed"));
        }
        for byte in &buffer[..count] {
            self.check(*byte)?;
        }
        Ok(count)
    }
}
