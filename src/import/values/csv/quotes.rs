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
    /// How long the row at hand is so far.
    length: usize,
    /// Whether a row has begun.
    begun: bool,
    /// How many bytes have been seen.
    seen: usize,
    broken: Option<io::Error>,
}

impl<R> Checked<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            place: Place::Start,
            length: 0,
            begun: false,
            seen: 0,
            broken: None,
        }
    }

    fn check(&mut self, byte: u8) -> io::Result<()> {
        self.seen += 1;
        // A byte order mark is no part of the first cell.
        if self.seen <= BOM.len() && byte == BOM[self.seen - 1] {
            return Ok(());
        }
        let ends_line = matches!(byte, b'\r' | b'\n') && self.place != Place::Quoted;
        if ends_line {
            (self.begun, self.length) = (false, 0);
        } else {
            self.begun = true;
            self.length += 1;
            if self.length > LONGEST_ROW {
                return Err(wrong(
                    "it has more than 64 KiB, or a quote that is never closed",
                ));
            }
        }
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::Closing,
            (Place::Quoted, _) => Place::Quoted,
            (Place::Start | Place::Closing, b'"') => Place::Quoted,
            (Place::Plain, b'"') => {
                return Err(wrong(
                    "a quote stands inside a cell that has none around it",
                ));
            }
            (_, b',' | b'\r' | b'\n') => Place::Start,
            (Place::Closing, _) => {
                return Err(wrong("a quoted cell goes on after its closing quote"));
            }
            _ => Place::Plain,
        };
        Ok(())
    }
}

fn wrong(what: &str) -> io::Error {
    let what = format!("{what}; what follows cannot be told apart");
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let count = self.input.read(buffer)?;
        if count == 0 && self.place == Place::Quoted {
            return Err(wrong("a quote is never closed"));
        }
        // Whole rows before the broken one are handed out first.
        let mut whole = 0;
        for (index, byte) in buffer[..count].iter().enumerate() {
            match self.check(*byte) {
                Ok(()) if !self.begun => whole = index + 1,
                Ok(()) => {}
                Err(error) if whole == 0 => return Err(error),
                Err(error) => {
                    self.broken = Some(error);
                    return Ok(whole);
                }
            }
        }
        Ok(count)
    }
}
